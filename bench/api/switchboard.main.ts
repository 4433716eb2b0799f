/** Serves the product's API and the measured procedures in the same way as serve.ts, without pages. */
import { createServer } from 'node:http';
import { createNodeListener } from '#layer/hosts/node';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createBenchApi } from './switchboard.ts';

const listener = createNodeListener(await createBenchApi(), {
  maxDuration: MAX_DURATION_SECONDS,
});

const server = createServer((req, res) => {
  listener(req, res).catch((error: unknown) => {
    console.error(error);
    res.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});

// Node.js writes a profile only if the process exits by itself.
process.on('SIGTERM', () => process.exit(0));
