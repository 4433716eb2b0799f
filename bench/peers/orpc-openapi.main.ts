/** Follows https://orpc.dev/docs/openapi/openapi-handler. */
import { createServer } from 'node:http';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { openApiRouter } from './orpc.ts';
import { listen } from './ready.ts';

const handler = new OpenAPIHandler(openApiRouter);

listen(
  createServer(async (req, res) => {
    const { matched } = await handler.handle(req, res, { prefix: '/api', context: { headers: req.headers } });
    if (!matched) res.writeHead(404).end('Not found');
  }),
);
