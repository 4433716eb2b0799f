import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { createApi } from '#layer/index';
import { documentInfo } from '#routers/document';
import { appRouter } from '#routers/index';
import { reference } from '#routers/reference';
import { listen } from '#test/listen';
import { ROOT } from '../lib/process.ts';
import { createGithubRouter, GITHUB_DOCUMENT } from './github.ts';

const PACKAGES = join(ROOT, 'bench/viewers/node_modules');

/** A page of a viewer that shows a document. */
export interface Page {
  viewer: string;
  path: string;
  /** Selects the first operation that the page shows. */
  operation: string;
}

/** A document, and the pages that show it. */
export interface Subject {
  title: string;
  operations: number;
  pages: readonly Page[];
  /** The first page of the reference. */
  reference: string;
}

type Request = (path: string) => Promise<Response> | Response;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** How the viewers' own documentation loads them, without files of other sites. */
const VIEWERS = [
  {
    name: 'Scalar',
    package: '@scalar/api-reference',
    operation: 'section[id*="/GET"],section[id*="/POST"],section[id*="/PUT"],section[id*="/DELETE"]',
    body: (url: string) => `<div id="app"></div>
<script src="/packages/@scalar/api-reference/dist/browser/standalone.js"></script>
<script>Scalar.createApiReference('#app', { url: '${url}', withDefaultFonts: false })</script>`,
  },
  {
    name: 'Redoc',
    package: 'redoc',
    operation: '#api-content [data-component-name="Tag/Tag"]',
    body: (url: string) => `<redoc spec-url="${url}" disable-telemetry="true"></redoc>
<script type="module" src="/packages/redoc/bundles/redoc.standalone.js"></script>`,
  },
  {
    name: 'Swagger UI',
    package: 'swagger-ui-dist',
    operation: '.opblock',
    body: (url: string) => `<div id="swagger-ui"></div>
<link rel="stylesheet" href="/packages/swagger-ui-dist/swagger-ui.css" />
<script src="/packages/swagger-ui-dist/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '${url}', dom_id: '#swagger-ui' })</script>`,
  },
] as const;

const pageOf = (body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>Reference</title>
<link rel="icon" href="data:," />
</head>
<body>
${body}
</body>
</html>`;

const version = (name: string) =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8'))).version;

/** Returns the viewers with their versions. */
export const viewerVersions = (): string[] =>
  VIEWERS.map(({ name, package: of }) => `${name} ${version(of)}`);

/** Serves the references of this product and of GitHub's API, and the viewers of their OpenAPI documents. */
export async function serveSites() {
  const own = createApi({
    router: appRouter,
    createContext: () => {
      throw new Error('No procedure is called.');
    },
    openapi: documentInfo,
    docs: { ...reference({ RATE_LIMIT: 120 }), path: '/own', icon: 'data:,' },
    warn: () => undefined,
  });
  const { router, tags } = createGithubRouter();
  const github = createApi({
    router,
    createContext: () => ({}),
    openapi: { title: 'GitHub', version: '1', tags },
    docs: { path: '/github' },
    warn: () => undefined,
  });
  const documents = new Map([
    ['own', readFileSync(join(ROOT, 'src/sdk/openapi.json'), 'utf8')],
    ['github', readFileSync(GITHUB_DOCUMENT, 'utf8')],
  ]);

  async function answer(path: string): Promise<Response> {
    const [, first = '', ...rest] = path.split('/');
    const name = rest.join('/');
    if (first === 'own') return own.request(path);
    if (first === 'github') return github.request(path);
    if (first === 'packages') {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return new Response(readFileSync(join(PACKAGES, name)), { headers: { 'content-type': type } });
    }
    const document = documents.get(name);
    if (first === 'documents' && document !== undefined) return Response.json(JSON.parse(document));
    const viewer = VIEWERS.find((one) => one.name === decodeURIComponent(first));
    if (!viewer || document === undefined) return new Response(null, { status: 404 });
    const html = pageOf(viewer.body(`/documents/${name}`));
    return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  }

  const { server, url } = await serve(answer);
  const subjectOf = (title: string, key: string, firstPage: string): Subject => ({
    title,
    operations: operationsOf(documents.get(key) ?? ''),
    reference: `/${key}`,
    pages: [
      { viewer: 'Switchboard, first page', path: `/${key}`, operation: 'main .links a' },
      { viewer: 'Switchboard, a procedure', path: `/${key}/${firstPage}`, operation: 'main .endpoint' },
      ...VIEWERS.map(({ name, operation }) => ({
        ...{ viewer: name, operation },
        path: `/${encodeURIComponent(name)}/${key}`,
      })),
    ],
  });
  return {
    url,
    own: subjectOf("this product's API", 'own', 'chat/list'),
    github: subjectOf("GitHub's API", 'github', 'repos/get'),
    close: () => server.close(),
  };
}

function operationsOf(document: string): number {
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(document));
  return Object.values(paths).reduce((sum, operations) => sum + Object.keys(operations).length, 0);
}

/** Serves responses with gzip. A body is compressed once, so that no viewer waits for that. */
async function serve(answer: Request) {
  const kept = new Map<string, { status: number; headers: Record<string, string>; body: Buffer }>();
  async function read(path: string) {
    const known = kept.get(path);
    if (known) return known;
    const response = await answer(path);
    const { 'content-length': _, ...headers } = Object.fromEntries(response.headers);
    const body = gzipSync(Buffer.from(await response.arrayBuffer()));
    const found = { status: response.status, headers: { ...headers, 'content-encoding': 'gzip' }, body };
    kept.set(path, found);
    return found;
  }
  const server = createServer((request, response) => {
    read(request.url ?? '/').then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
  return { server, url: `http://127.0.0.1:${await listen(server)}` };
}
