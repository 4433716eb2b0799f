import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { createCertificate } from '#test/certificate';
import { listen } from '#test/listen';
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';

/** `pinned.test` is a name that no DNS has, and `localhost` one that leads to the test's server without the guard. */
const { key, cert } = createCertificate(['pinned.test', 'localhost']);
export const LOOPBACK = { address: '127.0.0.1', family: 4 };

export type Handler = (request: IncomingMessage, response: ServerResponse, socket: TLSSocket) => unknown;

/** Starts an https server, which `handle` of the returned object serves. */
export async function startHttps() {
  const kit = {
    port: 0,
    url: '',
    connections: 0,
    requests: 0,
    handle: (() => undefined) as Handler,
    /** Resolves when the connection of the next request is closed. */
    nextClosed: () =>
      new Promise<void>((resolve) => {
        server.once('request', ({ socket }: IncomingMessage) => socket.once('close', () => resolve()));
      }),
    /** Returns a guarded fetch that is allowed to reach the server, and the names that it looks up. */
    guard(options: GuardedFetchOptions = {}) {
      const names: string[] = [];
      const guarded = createGuardedFetch({
        allowHosts: [`pinned.test:${kit.port}`],
        ca: cert,
        lookup: async (name) => {
          names.push(name);
          return [LOOPBACK];
        },
        ...options,
      });
      return { guarded, names };
    },
    closeConnections: () => server.closeAllConnections(),
    close: () => void server.close(),
  };
  const server = createServer({ key, cert }, (request, response) => {
    kit.requests += 1;
    if (request.socket instanceof TLSSocket) kit.handle(request, response, request.socket);
  });
  server.on('connection', () => (kit.connections += 1));
  kit.port = await listen(server);
  kit.url = `https://pinned.test:${kit.port}/document`;
  return kit;
}

/** What a failed guarded fetch rejects with. */
export const rejection = (reason: string) => ({ name: 'GuardedFetchError', reason });
