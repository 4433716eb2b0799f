/** Serves the API with Node's HTTP server, sends the calls of a file over it, and prints the answers. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createNodeListener } from '@switchboard/layer/node';
import { api } from './api.ts';
import { answers, type Call } from './calls.ts';

const calls = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Call[];
const listener = createNodeListener(api);
const server = createServer((req, res) => void listener(req, res));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const origin = `http://127.0.0.1:${address.port}`;
  void answers((path, init) => fetch(origin + path, init), calls).then((result) => {
    console.log(JSON.stringify(result));
    server.close();
    server.closeAllConnections();
  });
});
