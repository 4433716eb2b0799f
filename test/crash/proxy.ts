import { once } from 'node:events';
import {
  createServer,
  request as requestFrom,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { listen } from '#test/listen';

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** A load balancer on 127.0.0.1. */
export interface Proxy {
  url: string;
  close: () => Promise<void>;
}

/**
 * Starts a proxy that forwards requests to the origins in turn and streams the responses unbuffered. If an origin
 * refuses the connection, the proxy tries the next one. It does the same if an origin dies before it responds and the
 * method is idempotent. For other methods the client gets a 502 and has to retry itself. If no origin listens, it gets
 * a 503.
 */
export async function startProxy(origins: readonly string[]): Promise<Proxy> {
  let turn = 0;

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    turn += 1;
    for (let tried = 0; tried < origins.length; tried++) {
      const origin = origins[(turn + tried) % origins.length] ?? '';
      try {
        const upstream = await forward(origin, request, body, response);
        response.writeHead(upstream.statusCode ?? 502, endToEnd(upstream.headers));
        response.flushHeaders();
        await pipeline(upstream, response);
        return;
      } catch (error) {
        if (response.headersSent || response.destroyed) {
          response.destroy();
          return;
        }
        if (!isConnectionRefused(error) && !IDEMPOTENT.has(request.method ?? '')) {
          response.writeHead(502).end('The instance has died during the request.\n');
          return;
        }
      }
    }
    response.writeHead(503, { 'retry-after': '1' }).end('No instance listens.\n');
  }

  const server = createServer((request, response) => {
    relay(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Forwards a request. Cancels it if its caller disconnects. */
async function forward(
  origin: string,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
  caller: ServerResponse,
): Promise<IncomingMessage> {
  const upstream = Promise.withResolvers<IncomingMessage>();
  const { ['transfer-encoding']: _chunked, ...own } = endToEnd(headers);
  const sent = requestFrom(new URL(url, origin), {
    method,
    agent: false,
    headers: { ...own, ...(body.length > 0 && { 'content-length': body.length }) },
  });
  sent.on('response', upstream.resolve).on('error', upstream.reject);
  caller.once('close', () => sent.destroy());
  sent.end(body);
  return upstream.promise;
}

/** Returns the headers without those of a single connection (RFC 9110, section 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, ['keep-alive']: _keepAlive, ...rest } = headers;
  return rest;
}

const isConnectionRefused = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
