import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Makes a server listen on 127.0.0.1.
 * @param port a free one by default.
 * @returns the port it listens on.
 */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** Returns a port of 127.0.0.1 on which nothing listens now, for a program that takes its port as a setting. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  const closed = once(server, 'close');
  server.close();
  await closed;
  return port;
}
