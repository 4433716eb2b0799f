import { createServer } from 'node:http';
import { CoreError, createApi, createNodeListener } from '@switchboard/layer/node';
import { mcp } from '@switchboard/layer/mcp';
import { appRouter, type Context, userOf } from './router.ts';

const agents = mcp<Context>({
  name: 'tasks',
  version: '1.0.0',
  instructions: 'Tasks of the user. Dates are ISO 8601 texts.',
  async authenticate(call) {
    const { user } = await call.context();
    if (user === null) throw new CoreError('UNAUTHORIZED', { headers: { 'www-authenticate': 'Bearer' } });
  },
});

const api = createApi({
  router: appRouter,
  createContext: ({ header }): Context => ({ user: userOf(header('authorization')) }),
  mounts: [agents],
});
const listener = createNodeListener(api);

createServer((req, res) => void listener(req, res)).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
