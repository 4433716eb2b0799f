/**
 * A request as a host, such as Node's HTTP server, passes it to the API. Expensive parts are created when they are
 * read.
 */
export interface HostRequest<Platform = unknown> {
  /** The HTTP method, such as `GET`. */
  readonly method: string;
  /** The path as it was sent, still percent-encoded, starting with a slash, without the query. */
  readonly path: string;
  /** The query as it was sent, without its question mark; `''` if there is none. */
  readonly query: string;
  /** Returns a header by its name in lower case, with repeated fields joined; `null` if there is none. */
  header(name: string): string | null;
  /** Returns the request as a WHATWG Request, always the same one. The body is read once: from it, or by `readBody`. */
  request(): Request;
  /**
   * Reads the body and calls `take` with each chunk. If `take` throws, the rest is discarded. Default: reads the body
   * of `request()`.
   * @throws {ApiError} CLIENT_CLOSED_REQUEST if the body is incomplete; the errors of `take`.
   */
  readBody?(take: (chunk: Uint8Array) => void): Promise<void>;
  /** The IP address of the peer; `null` if the host does not know it. */
  readonly peer: string | null;
  /** The host's own objects. */
  readonly platform: Platform;
  /** The time limit of the call, in seconds. */
  readonly maxDuration: number;
  /**
   * Calls `listener` when the client disconnects before the response is sent; at once if it has already disconnected.
   */
  onGone(listener: () => void): void;
  /**
   * Calls `listener` when a streamed response is sent or cannot be sent any more. Default: when its body has been read.
   */
  onClosed?(listener: () => void): void;
}

/** The information about a request that a WHATWG Request does not have. */
export interface FetchOptions<Platform> {
  /** The host's own objects. */
  platform: Platform;
  /** The time limit of the call, in seconds. */
  maxDuration: number;
  /** The IP address of the peer. Default: `null`, unknown. */
  peer?: string | null;
}

/** Converts a WHATWG Request to a request that the API handles. */
export function hostRequest<Platform>(
  request: Request,
  { platform, maxDuration, peer = null }: FetchOptions<Platform>,
): HostRequest<Platform> {
  const { method, headers, signal } = request;
  const { path, query } = partsOf(request.url);
  return {
    method,
    path,
    query,
    header: (name) => headers.get(name),
    request: () => request,
    peer,
    platform,
    maxDuration,
    onGone(listener) {
      if (signal.aborted) listener();
      else signal.addEventListener('abort', listener, { once: true });
    },
  };
}

/** Returns the same request without its cookies, for a surface that must not accept them as a credential. */
export function withoutCookies<Platform>(host: HostRequest<Platform>): HostRequest<Platform> {
  let request: Request | undefined;
  function create(): Request {
    const whole = host.request();
    const headers = new Headers(whole.headers);
    headers.delete('cookie');
    // A host that reads the body itself needs none in the request, and its request may be of another class.
    const { url, method, signal } = whole;
    return host.readBody ? new Request(url, { method, headers, signal }) : new Request(whole, { headers });
  }
  return {
    method: host.method,
    path: host.path,
    query: host.query,
    header: (name) => (name === 'cookie' ? null : host.header(name)),
    request: () => (request ??= create()),
    ...(host.readBody && { readBody: (take) => host.readBody?.(take) ?? Promise.resolve() }),
    peer: host.peer,
    platform: host.platform,
    maxDuration: host.maxDuration,
    onGone: (listener) => host.onGone(listener),
    ...(host.onClosed && { onClosed: (listener) => host.onClosed?.(listener) }),
  };
}

/** Returns the path and the query of an absolute URL in the form of the WHATWG URL standard. */
function partsOf(url: string): { path: string; query: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const hash = url.indexOf('#');
  const target = url.slice(start, hash === -1 ? undefined : hash);
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
