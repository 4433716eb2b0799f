import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { type Api, DEFAULT_MAX_DURATION } from '../api.ts';
import { andThen, type Eventual, rescue } from '../call/eventual.ts';
import type { HostRequest } from '../call/host-request.ts';
import type { ApiResponse, BufferedResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { toApiError } from '../errors/recognize.ts';

/** The time that a streamed response has to end by itself after its deadline, in seconds. */
const GRACE_SECONDS = 5;
/**
 * Matches paths that the URL parser (https://url.spec.whatwg.org/) would not change: nothing to encode, and no dot
 * segments.
 */
const PLAIN_PATH = /^(?:\/(?!\.|%2e)[\w.~!$&'()*+,;=:@%-]*)*$/i;

/**
 * Responds to a request of Node's HTTP server.
 * @param next called for a path that the API does not serve, as in Express, and with an error if the response cannot be
 *   written. Default: respond with 404, or close the connection.
 */
export type Listener = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => Eventual<void>;

/** The platform of a call on Node: the request and the response of its HTTP server. */
export interface NodePlatform {
  req: IncomingMessage;
  res: ServerResponse;
}

/** The options of the Node host. */
export interface NodeOptions {
  /** The maximum duration of a call, in seconds. Default: 60. */
  maxDuration?: number;
}

/** A request of Node's HTTP server in the form that an API takes. */
class NodeHostRequest implements HostRequest<NodePlatform> {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly platform: NodePlatform;
  readonly maxDuration: number;
  #request: Request | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, maxDuration: number) {
    const { path, query } = targetOf(originalUrlOf(req));
    this.method = req.method ?? 'GET';
    this.path = path;
    this.query = query;
    this.platform = { req, res };
    this.maxDuration = maxDuration;
  }

  get peer(): string | null {
    return this.platform.req.socket.remoteAddress ?? null;
  }

  header(name: string): string | null {
    const value = this.platform.req.headers[name];
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
  }

  request(): Request {
    const { req, res } = this.platform;
    return (this.#request ??= requestOf(req, res));
  }

  readBody(take: (chunk: Uint8Array) => void): Promise<void> {
    const { req } = this.platform;
    const parsed = parsedBodyOf(req);
    if (parsed === undefined) return readMessage(req, take);
    take(parsed);
    return Promise.resolve();
  }

  onGone(listener: () => void): void {
    const { res } = this.platform;
    const onClose = () => {
      if (!res.writableEnded) listener();
    };
    if (res.closed) onClose();
    else res.on('close', onClose);
  }

  onClosed(listener: () => void): void {
    this.platform.res.once('close', listener);
  }
}

/** Converts a request of Node's HTTP server to the form that an API takes. */
export const nodeRequest = (
  req: IncomingMessage,
  res: ServerResponse,
  { maxDuration = DEFAULT_MAX_DURATION }: NodeOptions = {},
): HostRequest<NodePlatform> => new NodeHostRequest(req, res, maxDuration);

/**
 * Creates a listener for Node's HTTP server that serves an API. Pass it to `http.createServer`, or use it
 * as middleware, such as in Express.
 * @param api the API to serve.
 */
export function createNodeListener(api: Api<NodePlatform>, options: NodeOptions = {}): Listener {
  const { maxDuration = DEFAULT_MAX_DURATION } = options;

  function deliver(res: ServerResponse, response: ApiResponse): Eventual<void> {
    if (response instanceof Response) {
      // The API ends the stream in time, but a client that does not read never gets the end.
      destroyAfter(res, maxDuration + GRACE_SECONDS);
      // If the body fails, close the connection too. The error is reported by the code that produces the body.
      return sendNodeResponse(res, response).catch(() => void res.destroy());
    }
    send(res, response);
    // If the client reads slowly, part of the body is still buffered. It has `maxDuration` to read the rest.
    if (res.writableLength > 0) destroyAfter(res, maxDuration);
  }

  return (req, res, next) => {
    const host = new NodeHostRequest(req, res, maxDuration);
    return rescue(
      () =>
        andThen(next ? api.handle(host) : api.respond(host), (response) =>
          response ? deliver(res, response) : next?.(),
        ),
      (error) => {
        if (next) next(error);
        else res.destroy();
      },
    );
  };
}

/** Returns the target that the client sent, even if Express or Connect has removed a prefix from `url`. */
function originalUrlOf(req: IncomingMessage): string {
  const original: unknown = Reflect.get(req, 'originalUrl');
  return typeof original === 'string' ? original : (req.url ?? '/');
}

/**
 * Returns the body that an earlier parser has read, such as that of Express or `pages/api`, or undefined if none has.
 */
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

/** Returns the path and the query of a request target, normalized as in a URL. */
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

/** Closes the connection if the response has not been sent after `seconds`. */
function destroyAfter(res: ServerResponse, seconds: number): void {
  // The client has disconnected, so there is no "close" any more that would end the timer.
  if (res.destroyed) return;
  const timer = setTimeout(() => res.destroy(), seconds * 1000);
  res.once('close', () => {
    clearTimeout(timer);
  });
}

function send(res: ServerResponse, { status, headers, body }: BufferedResponse): void {
  if (body !== null) headers.setValid('content-length', String(Buffer.byteLength(body)));
  res.writeHead(status, headers.fields);
  res.end(body);
}

/** Reads the body of a message without a web stream in between. If `take` throws, the rest is discarded. */
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
