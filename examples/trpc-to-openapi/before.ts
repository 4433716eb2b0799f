import { createServer } from 'node:http';
import { createOpenApiHttpHandler, generateOpenApiDocument } from 'trpc-to-openapi';
import { appRouter } from './router.ts';

const document = generateOpenApiDocument(appRouter, {
  title: 'Books',
  version: '1',
  baseUrl: '/',
});
const handler = createOpenApiHttpHandler({ router: appRouter, createContext: () => ({}) });

createServer((req, res) => {
  if (req.url === '/api/openapi.json') res.end(JSON.stringify(document));
  else void handler(req, res);
}).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
