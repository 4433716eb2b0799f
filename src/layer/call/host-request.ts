/** A request as a host, such as Node's HTTP server, hands it to the API. Nothing of it costs anything before it is read. */
export interface HostRequest<Platform = unknown> {
  readonly method: string;
  /** As it was sent, with a slash in front and without the query. */
  readonly path: string;
  /** As it was sent, without its question mark; `''` if there is none. */
  readonly query: string;
  /** Returns a header by its name in lower case, with repeated fields joined; `null` if there is none. */
  readonly header: (name: string) => string | null;
  /** Returns the request as a WHATWG Request, always the same one. Its body is read once: by it or by `readBody`. */
  readonly request: () => Request;
  /**
   * Reads the body: calls `take` with each chunk. If `take` throws, the rest is discarded. Default: by the body of `request()`.
   * @throws {ApiError} CLIENT_CLOSED_REQUEST if the body is incomplete; and what `take` throws.
   */
  readonly readBody?: (take: (chunk: Uint8Array) => void) => Promise<void>;
  /** The IP address of the peer; `null` if the host does not know it. */
  readonly peer: string | null;
  /** The host's own objects. */
  readonly platform: Platform;
  /** The longest the call may take, in seconds. */
  readonly maxDuration: number;
  /** Calls `listener` when the caller disconnects before the response is sent; at once if it has. */
  readonly onGone: (listener: () => void) => void;
  /** Calls `listener` when a streamed response was sent or cannot be sent any more. Default: when its body was read. */
  readonly onClosed?: (listener: () => void) => void;
}

/** What a host adds to a WHATWG Request. */
export interface FetchOptions<Platform> {
  platform: Platform;
  maxDuration: number;
  peer?: string | null;
}

/** Returns a WHATWG Request as a host hands it to the API. */
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

/** Returns the path and the query of an absolute URL as WHATWG writes it. */
function partsOf(url: string): { path: string; query: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const hash = url.indexOf('#');
  const target = url.slice(start, hash === -1 ? undefined : hash);
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
