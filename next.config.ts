import type { NextConfig } from 'next';
import { PAGE_HEADERS } from './server/pages/headers.ts';

const config: NextConfig = {
  poweredByHeader: false,
  // Off under serve.ts, which compresses pages itself (server/pages/). Next compresses even the smallest response.
  compress: globalThis.servesPages !== true,
  reactStrictMode: true,
  // With it, places in stack traces are wrong after an edit, because they are looked up in another file.
  // Under serve.ts, Next does not load the pages before the server is ready (server/pages/preload.ts).
  experimental: {
    turbopackServerFastRefresh: false,
    preloadEntriesOnStart: globalThis.servesPages !== true,
  },
  // Disables the image optimizer. It is not used, and it would fetch any path of this server from inside.
  images: { unoptimized: true },
  // Node loads these from node_modules. PGlite finds its WebAssembly beside its own file, and serve.ts, which runs
  // outside the bundle, shares one copy of each package with the pages.
  serverExternalPackages: [
    '@better-auth/cimd',
    '@better-auth/core',
    '@better-auth/mcp',
    '@better-auth/oauth-provider',
    '@electric-sql/pglite',
    '@zxcvbn-ts/language-common',
    'ai',
    'better-auth',
    'drizzle-orm',
    'pino',
    'postgres',
  ],
  // `npm run typecheck` checks more than a build would. The first start of a clone does not have to wait for it.
  typescript: { ignoreBuildErrors: true },
  headers: () =>
    Promise.resolve([
      {
        source: '/((?!api/|\\.well-known/).*)',
        headers: Object.entries(PAGE_HEADERS).map(([key, value]) => ({ key, value })),
      },
    ]),
};

export default config;
