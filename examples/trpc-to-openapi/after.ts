import { createServer } from 'node:http';
import { createApi, createNodeListener } from '@switchboard/layer/node';
import { appRouter } from './router.ts';

const api = createApi({
  router: appRouter,
  createContext: () => ({}),
  rpc: false,
  rest: { path: '' },
  openapi: { title: 'Books', version: '1' },
});
const listener = createNodeListener(api);

createServer((req, res) => void listener(req, res)).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
