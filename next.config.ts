import type { NextConfig } from 'next';

/** For pages; the API sets headers of its own (server/handler.ts). */
const PAGE_HEADERS = {
  'Content-Security-Policy': "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

const config: NextConfig = {
  poweredByHeader: false,
  // Next compresses whatever it streams, however small; serve.ts does it by itself (server/pages/).
  compress: globalThis.compressesPages !== true,
  reactStrictMode: true,
  // Node loads these from node_modules: PGlite finds its WebAssembly beside its own file, and serve.ts, which runs
  // outside the bundle, shares one copy of each with the pages.
  serverExternalPackages: ['@electric-sql/pglite', 'ai', 'better-auth', 'drizzle-orm', 'pino', 'postgres'],
  // `npm run typecheck` covers more than a build would; starting a fresh clone need not wait for it.
  typescript: { ignoreBuildErrors: true },
  headers: () =>
    Promise.resolve([
      {
        source: '/((?!api/).*)',
        headers: Object.entries(PAGE_HEADERS).map(([key, value]) => ({ key, value })),
      },
    ]),
};

export default config;
