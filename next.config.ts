import type { NextConfig } from 'next';
import { PAGE_HEADERS } from './server/pages/headers.ts';

const config: NextConfig = {
  poweredByHeader: false,
  // Next compresses whatever it streams, however small; serve.ts does it by itself (server/pages/).
  compress: globalThis.compressesPages !== true,
  reactStrictMode: true,
  // After an edit, places in stacks would be looked up in the wrong file.
  experimental: { turbopackServerFastRefresh: false },
  // Nothing uses the optimizer, which would fetch any path of this server from inside.
  images: { unoptimized: true },
  // Node loads these from node_modules: PGlite finds its WebAssembly beside its own file, and serve.ts, which runs
  // outside the bundle, shares one copy of each with the pages.
  serverExternalPackages: [
    '@electric-sql/pglite',
    '@zxcvbn-ts/language-common',
    'ai',
    'better-auth',
    'drizzle-orm',
    'pino',
    'postgres',
  ],
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
