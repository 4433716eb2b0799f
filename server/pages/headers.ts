/**
 * The security headers of all pages. The API sets its own headers (routers/api.ts). Each page also has a
 * Content-Security-Policy, which `pagePolicy` creates.
 */
export const PAGE_HEADERS = {
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
