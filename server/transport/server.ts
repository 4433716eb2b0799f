import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Eventual, rescue } from '#layer/index';
import type { Env } from '#server/env';
import { toAppError } from '#server/errors';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { reject } from '#server/pages/reject';
import { watchBodies } from './bodies.ts';
import { limitConnections } from './connections.ts';
import { settleTarget } from './target.ts';

type Settings = Pick<
  Env,
  | 'HEADERS_TIMEOUT_SECONDS'
  | 'KEEP_ALIVE_SECONDS'
  | 'MAX_CONNECTIONS'
  | 'MAX_CONNECTIONS_PER_ADDRESS'
  | 'MIN_BYTES_PER_SECOND'
  | 'REQUEST_TIMEOUT_SECONDS'
  | 'TRUST_PROXY'
>;

/** Answers a request to a path in its one spelling. */
export type PathListener = (req: IncomingMessage, res: ServerResponse, path: string) => Eventual<void>;

/**
 * How long an idle connection stays open, in seconds. Proxies reuse connections for a minute by default, and a request on
 * one that is just being closed fails.
 */
const KEEP_ALIVE_SECONDS = { direct: 5, proxied: 75 };
/** How often Node looks for requests that take too long, in milliseconds. */
const CHECK_MS = 1000;

/**
 * Creates the HTTP server that everything comes through: it limits connections and what a request may take to arrive, and
 * decides what its path is (`readTarget`), before `listener` sees any of it.
 * @param takesUpgrades True where something listens to `upgrade`; otherwise such a request is answered like any other
 * (RFC 9110, section 7.8).
 */
export function createGuardedServer(
  settings: Settings,
  takesUpgrades: boolean,
  listener: PathListener,
): Server {
  const requestTimeout = settings.REQUEST_TIMEOUT_SECONDS * 1000;
  const server = createServer({
    requestTimeout,
    keepAliveTimeout:
      1000 *
      (settings.KEEP_ALIVE_SECONDS ??
        KEEP_ALIVE_SECONDS[settings.TRUST_PROXY === false ? 'direct' : 'proxied']),
    headersTimeout: Math.min(settings.HEADERS_TIMEOUT_SECONDS * 1000, requestTimeout),
    connectionsCheckingInterval: CHECK_MS,
    shouldUpgradeCallback: () => takesUpgrades,
  });
  // Cuts a client that takes nothing of its response. No call is silent for as long.
  if (!takesUpgrades) server.timeout = (MAX_DURATION_SECONDS + 10) * 1000;
  const wasRejected = limitConnections(server, {
    total: settings.MAX_CONNECTIONS,
    perAddress: settings.TRUST_PROXY === false ? settings.MAX_CONNECTIONS_PER_ADDRESS : Infinity,
  });
  const watchBody = watchBodies(settings.MIN_BYTES_PER_SECOND);

  server.on('connect', (_, socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.on('request', (req, res) => {
    if (wasRejected(req.socket)) return;
    watchBody(req, res);
    let path: string;
    try {
      ({ path } = settleTarget(req));
    } catch (error) {
      reject(req, res, toAppError(error));
      return;
    }
    if (path === '*') {
      res.writeHead(204).end();
      return;
    }
    void rescue(
      () => listener(req, res, path),
      (error) => {
        console.error('a request failed', error);
        res.destroy();
      },
    );
  });
  return server;
}
