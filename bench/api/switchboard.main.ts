/** Serves the product's API with what is measured, as serve.ts does, without pages. */
import { createServer } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createBenchHandler } from './switchboard.ts';

const handle = await createBenchHandler();

const server = createServer(async (req, res) => {
  const request = new NodeRequest({ req, res });
  const transport = { peer: req.socket.remoteAddress ?? null, maxDuration: MAX_DURATION_SECONDS };
  await sendNodeResponse(res, await handle(request, transport));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});

// A profile is written when the process exits by itself.
process.on('SIGTERM', () => process.exit(0));
