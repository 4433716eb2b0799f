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

/** Further headers of pages whose URL is a secret: neither search engines nor the sites that they link to may learn it. */
export const SECRET_LINK_HEADERS = {
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
};
