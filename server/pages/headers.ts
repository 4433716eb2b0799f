/**
 * The security headers of all pages; the API sets headers of its own (routers/api.ts). Each page has a
 * Content-Security-Policy beside them, which `pagePolicy` makes.
 */
export const PAGE_HEADERS = {
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
