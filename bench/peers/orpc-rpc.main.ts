/** Follows https://orpc.dev/docs/adapters/http. */
import { createServer } from 'node:http';
import { RPCHandler } from '@orpc/server/node';
import { rpcRouter } from './orpc.ts';
import { listen } from './ready.ts';

const handler = new RPCHandler(rpcRouter);

listen(
  createServer(async (req, res) => {
    const { matched } = await handler.handle(req, res, { prefix: '/rpc', context: { headers: req.headers } });
    if (!matched) res.writeHead(404).end('Not found');
  }),
);
