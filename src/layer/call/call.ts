import type { FetchCreateContextFnOptions } from '@trpc/server/adapters/fetch';
import { parseQuery, type QueryParams } from './query.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { anySignal } from './any-signal.ts';
import type { Eventual } from './eventual.ts';
import { HeaderList } from './header-list.ts';
import type { HostRequest } from './host-request.ts';
import { Later } from './later.ts';
import type { ApiResponse } from './response.ts';

/** What a request calls, as tRPC's adapters describe it: the procedures, their inputs and the form of the request. */
export type RequestInfo = FetchCreateContextFnOptions['info'];

/** Called with a number of bytes of a body before they are used. @throws {ApiError} to stop reading the body. */
export type Meter = (bytes: number) => void;

/** The options of a call. */
export interface CallOptions<C extends object, Platform> {
  /** The id of the request. */
  id: string;
  /** The path without the public path. Default: that of the request. */
  path?: string;
  /** Creates the context of the procedures. */
  createContext: (call: Call<C, Platform>) => Eventual<C>;
  /** The path that clients see before `path`. Default: `''`. */
  publicPath?: string;
  /** The maximum size of a body that is not a multipart form, in bytes. Default: 1 MiB. */
  maxBodyBytes?: number;
}

/**
 * A request on its way to a surface. It contains all that the layer knows of the request; the layer neither reads nor
 * changes the context. Values that are expensive to create, such as WHATWG objects, are created when they are first
 * read.
 */
export class Call<C extends object = object, Platform = unknown> {
  /** The id of the request: from `X-Request-Id`, or a random one. */
  readonly id: string;
  /** The HTTP method, such as `GET`. */
  readonly method: string;
  /** The path as it was sent, still percent-encoded, without the query. */
  readonly path: string;
  /** The path that clients see before `path`, such as the `basePath` of Next.js; `''` if there is none. */
  readonly publicPath: string;
  /** The maximum size of a body that is not a multipart form, in bytes. */
  readonly maxBodyBytes: number;
  /** The query as it was sent, without its question mark; `''` if there is none. */
  readonly query: string;
  /** Headers that the response gets, on every surface. */
  readonly responseHeaders = new HeaderList();
  readonly #host: HostRequest<Platform>;
  readonly #context: Later<C>;
  #url: URL | undefined;
  #searchParams: QueryParams | undefined;
  #end: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;
  #revocation: AbortController | undefined;
  #meter: Meter | undefined;
  #describe: (() => RequestInfo) | undefined;
  #info: RequestInfo | undefined;

  constructor(
    host: HostRequest<Platform>,
    {
      id,
      path = host.path,
      createContext,
      publicPath = '',
      maxBodyBytes = MAX_BODY_BYTES,
    }: CallOptions<C, Platform>,
  ) {
    this.id = id;
    this.method = host.method;
    this.path = path;
    this.publicPath = publicPath;
    this.maxBodyBytes = maxBodyBytes;
    this.query = host.query;
    this.#host = host;
    this.#context = new Later(() => createContext(this));
  }

  /** Returns a header of the request by its name in lower case; `null` if there is none. */
  header(name: string): string | null {
    return this.#host.header(name);
  }

  /** The request as a WHATWG Request. */
  get request(): Request {
    return this.#host.request();
  }

  /** The absolute URL of the request. */
  get url(): URL {
    return (this.#url ??= new URL(this.request.url));
  }

  /** The parameters of the query. */
  get searchParams(): QueryParams {
    return (this.#searchParams ??= parseQuery(this.query));
  }

  /** Sets the function that creates `info`. A surface calls it as soon as it knows what the request calls. */
  describe(create: () => RequestInfo): void {
    this.#describe = create;
    this.#info = undefined;
  }

  /** What the request calls. Without procedures, `calls` is empty. */
  get info(): RequestInfo {
    return (this.#info ??= this.#describe?.() ?? describeCalls(this, {}));
  }

  /** The IP address of the peer; `null` if the host does not know it. */
  get peer(): string | null {
    return this.#host.peer;
  }

  /** The host's own objects. */
  get platform(): Platform {
    return this.#host.platform;
  }

  /** The signal that is aborted when the client disconnects or the call exceeds its time limit. */
  get signal(): AbortSignal {
    if (!this.#end) {
      const end = new AbortController();
      this.#end = end;
      if (this.#aborted) end.abort(this.#aborted.reason);
      else this.#host.onGone(() => end.abort());
    }
    return this.#end.signal;
  }

  /**
   * The controller to abort, with an error as the reason, when the caller loses the permission to read a stream of the
   * call. That ends the source of the stream. The response stays open, so the client gets the error.
   */
  get revocation(): AbortController {
    return (this.#revocation ??= new AbortController());
  }

  /** Reads the body and calls `take` with each chunk. Absent if the host only has the body of `request`. */
  get readBody(): ((take: (chunk: Uint8Array) => void) => Promise<void>) | undefined {
    const host = this.#host;
    return host.readBody && ((take) => host.readBody?.(take) ?? Promise.resolve());
  }

  /** Sets a function that is called with the number of bytes of the body before they are used. */
  meterBody(meter: Meter): void {
    this.#meter = meter;
  }

  /** Counts bytes of the body. @throws the errors of the meter. */
  countBytes(bytes: number): void {
    this.#meter?.(bytes);
  }

  /** Aborts the call: its `signal` is aborted with `reason`. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#end?.abort(reason);
  }

  /**
   * Returns the context of the procedures. It is created once, when it is first needed.
   * @throws the errors of `createContext`.
   */
  context(): Eventual<C> {
    return this.#context.read();
  }

  /** The context, if it has been created. */
  get createdContext(): C | undefined {
    return this.#context.known;
  }
}

/** Describes a request by the parts that differ from those of a request that calls no procedure. */
export function describeCalls(
  call: Call,
  { calls = [], type = 'unknown', ...form }: Partial<Omit<RequestInfo, 'signal' | 'url'>>,
): RequestInfo {
  return {
    accept: null,
    isBatchCall: false,
    connectionParams: null,
    ...form,
    type,
    calls,
    get signal() {
      return call.signal;
    },
    get url() {
      return call.url;
    },
  };
}

/** Serves calls: returns the response of a successful call. It throws an ApiError for any other response. */
export type Surface<C extends object = object, Platform = unknown> = (
  call: Call<C, Platform>,
) => Eventual<ApiResponse>;

/**
 * Returns the signal for the source of a stream: it is aborted with `signal`, and when the caller loses the permission
 * to read.
 */
export const untilRevoked = (signal: AbortSignal, revoked: AbortSignal): AbortSignal =>
  anySignal(signal, revoked);
