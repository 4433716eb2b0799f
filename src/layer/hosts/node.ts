import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { type Api, DEFAULT_MAX_DURATION } from '../api.ts';
import type { HostRequest } from '../call/host-request.ts';
import type { BufferedResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { toApiError } from '../errors/recognize.ts';

/** How long a streamed response has to end by itself, in seconds. */
const GRACE_SECONDS = 5;
/** Paths that the URL parser (https://url.spec.whatwg.org/) leaves as they are: nothing is encoded, and no segment is dots. */
const PLAIN_PATH = /^(?:\/(?!\.|%2e)[\w.~!$&'()*+,;=:@%-]*)*$/i;

/**
 * Responds to a request of Node's HTTP server.
 * @param next is called for a path that the API does not serve, as Express and others do; default: status 404.
 */
export type Listener = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/** The platform of a call on Node. */
export interface NodePlatform {
  req: IncomingMessage;
  res: ServerResponse;
}

export interface NodeOptions {
  /** The longest a call may take, in seconds. Default: 60. */
  maxDuration?: number;
}

/** Returns a request of Node's HTTP server as it is handed to the API. */
export function nodeRequest(
  req: IncomingMessage,
  res: ServerResponse,
  { maxDuration = DEFAULT_MAX_DURATION }: NodeOptions = {},
): HostRequest<NodePlatform> {
  const { path, query } = targetOf(originalUrlOf(req));
  let request: Request | undefined;
  return {
    method: req.method ?? 'GET',
    path,
    query,
    header(name) {
      const value = req.headers[name];
      return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
    },
    request: () => (request ??= requestOf(req, res)),
    readBody: (take) => {
      const parsed = parsedBodyOf(req);
      if (parsed === undefined) return readMessage(req, take);
      take(parsed);
      return Promise.resolve();
    },
    peer: req.socket.remoteAddress ?? null,
    platform: { req, res },
    maxDuration,
    onGone(listener) {
      if (res.closed) {
        if (!res.writableEnded) listener();
        return;
      }
      res.once('close', () => {
        if (!res.writableEnded) listener();
      });
    },
    onClosed(listener) {
      res.once('close', listener);
    },
  };
}

/** Returns a listener for Node's HTTP server that serves an API. */
export function createNodeListener(api: Api<NodePlatform>, options: NodeOptions = {}): Listener {
  const { maxDuration = DEFAULT_MAX_DURATION } = options;
  return async (req, res, next) => {
    const host = nodeRequest(req, res, options);
    const response = next ? await api.handle(host) : await api.respond(host);
    if (!response) {
      next?.();
      return;
    }
    if (response instanceof Response) {
      // The API ends it in time, but its end may not get through to a reader who does not read.
      cutAfter(res, maxDuration + GRACE_SECONDS);
      // If a body fails, the connection is closed too; the author of the body knows why.
      await sendNodeResponse(res, response).catch(() => res.destroy());
      return;
    }
    send(res, response);
    // What the socket did not take at once is for a slow reader, who has as long as a call may take.
    if (res.writableLength > 0) cutAfter(res, maxDuration);
  };
}

/** Returns the target that a client sent, also if Express or Connect has cut a prefix off `url`. */
function originalUrlOf(req: IncomingMessage): string {
  const original: unknown = Reflect.get(req, 'originalUrl');
  return typeof original === 'string' ? original : (req.url ?? '/');
}

/** Returns the body that a parser before us, such as Express's or that of `pages/api`, has read; undefined if nobody has. */
function parsedBodyOf(req: IncomingMessage): Uint8Array<ArrayBuffer> | undefined {
  if (!req.readableEnded) return undefined;
  const body: unknown = Reflect.get(req, 'body');
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function requestOf(req: IncomingMessage, res: ServerResponse): Request {
  const request = new NodeRequest({ req, res });
  const parsed = parsedBodyOf(req);
  if (parsed === undefined) return request;
  const { url, method, headers } = request;
  return new Request(url, { method, headers, body: parsed });
}

/** Returns the path and the query of a request target as a URL has them. */
function targetOf(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (PLAIN_PATH.test(path) && !target.includes('#')) {
    return { path, query: mark === -1 ? '' : target.slice(mark + 1) };
  }
  const origin = 'http://localhost';
  const { pathname, search } = target.startsWith('/') ? new URL(origin + target) : new URL(target, origin);
  return { path: pathname, query: search.slice(1) };
}

/** Closes the connection of a response that is not sent after `seconds`. */
function cutAfter(res: ServerResponse, seconds: number): void {
  const timer = setTimeout(() => res.destroy(), seconds * 1000);
  res.once('close', () => {
    clearTimeout(timer);
  });
}

function send(res: ServerResponse, { status, headers, body }: BufferedResponse): void {
  const fields: string[] = [];
  for (const [name, value] of headers) fields.push(name, value);
  if (body !== null) fields.push('content-length', String(Buffer.byteLength(body)));
  res.writeHead(status, fields);
  res.end(body);
}

/** Reads the body of a message without a stream in between; what is left when `take` throws is discarded. */
function readMessage(message: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: ApiError) => {
      message.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      message.resume();
      if (error) reject(error);
      else resolve();
    };
    const onData = (chunk: Uint8Array) => {
      try {
        take(chunk);
      } catch (error) {
        end(toApiError(error));
      }
    };
    const onEnd = () => {
      end();
    };
    const onClose = () => {
      end(new CoreError('CLIENT_CLOSED_REQUEST'));
    };
    if (message.destroyed || message.readableEnded) onClose();
    else message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
