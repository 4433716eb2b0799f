import { serve } from '@hono/node-server';
import { createApi } from '@switchboard/layer/fetch';
import { Hono } from 'hono';
import { appRouter } from './router.ts';

const api = createApi({
  router: appRouter,
  createContext: ({ header }) => ({ user: header('x-user') }),
  docs: {},
});

const app = new Hono();
app.get('/', (c) => c.text('Notes'));
app.all('/api/*', (c) => api.fetch(c.req.raw, c.env));

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000) });
