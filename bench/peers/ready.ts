import type { Server } from 'node:net';

/** Listens on a free port of this machine, and reports it. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') ready(address.port);
  });
}

/** Reports to the benchmark that the server is ready. */
export function ready(port: number): void {
  // Node.js writes a profile only if the process exits by itself.
  process.on('SIGTERM', () => process.exit(0));
  console.log(`listening on ${port}`);
}
