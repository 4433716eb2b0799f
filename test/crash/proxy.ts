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
 * Starts a proxy that hands requests to these origins in turn and streams the answers unbuffered. An origin that refuses the
 * connection is passed over. One that dies before it answers is, too, when the request may be sent twice; otherwise the caller
 * has a 502, and has to know by itself how to ask again. It has a 503 when no origin listens.
 */
export async function startProxy(origins: readonly string[]): Promise<Proxy> {
  let turn = 0;

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    turn += 1;
    for (let tried = 0; tried < origins.length; tried++) {
      const origin = origins[(turn + tried) % origins.length] ?? '';
      try {
        const answer = await ask(origin, request, body, response);
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        response.flushHeaders();
        await pipeline(answer, response);
        return;
      } catch (error) {
        if (response.headersSent || response.destroyed) {
          response.destroy();
          return;
        }
        if (!isRefusal(error) && !IDEMPOTENT.has(request.method ?? '')) {
          response.writeHead(502).end('The instance has died over the request.\n');
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

/** Sends a request on, and gives it up when its caller goes away. */
async function ask(
  origin: string,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
  caller: ServerResponse,
): Promise<IncomingMessage> {
  const answer = Promise.withResolvers<IncomingMessage>();
  const { ['transfer-encoding']: _chunked, ...own } = endToEnd(headers);
  const sent = requestFrom(new URL(url, origin), {
    method,
    agent: false,
    headers: { ...own, ...(body.length > 0 && { 'content-length': body.length }) },
  });
  sent.on('response', answer.resolve).on('error', answer.reject);
  caller.once('close', () => sent.destroy());
  sent.end(body);
  return answer.promise;
}

/** Headers without those that are about one connection only (RFC 9110, section 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, ['keep-alive']: _keepAlive, ...rest } = headers;
  return rest;
}

const isRefusal = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
