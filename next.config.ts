import type { NextConfig } from 'next';
import { PAGE_HEADERS, SECRET_LINK_HEADERS } from './server/pages/headers.ts';

const config: NextConfig = {
  poweredByHeader: false,
  // Off under serve.ts, which compresses pages itself (server/pages/). Next compresses even the smallest response.
  compress: globalThis.servesPages !== true,
  reactStrictMode: true,
  // With the first, places in stack traces are wrong after an edit, because they are looked up in another file.
  // With useOffline, a link that is followed without a connection waits for it. Otherwise the browser would replace the
  // app by its own error page.
  // Under serve.ts, Next does not load the pages before the server is ready (server/pages/preload.ts).
  experimental: {
    turbopackServerFastRefresh: false,
    useOffline: true,
    preloadEntriesOnStart: globalThis.servesPages !== true,
  },
  // The server compiles messages, so that no page loads the parser (src/locales/messages.ts).
  turbopack: { resolveAlias: { 'use-intl/format-message': 'use-intl/format-message/format-only' } },
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
        source: '/((?!api/|docs(?:/|$)|llms\\.txt$|\\.well-known/).*)',
        headers: Object.entries(PAGE_HEADERS).map(([key, value]) => ({ key, value })),
      },
      {
        source: '/share/:path*',
        headers: Object.entries(SECRET_LINK_HEADERS).map(([key, value]) => ({ key, value })),
      },
    ]),
};

export default config;
