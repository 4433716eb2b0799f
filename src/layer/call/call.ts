import { HeaderList } from './header-list.ts';
import type { HostRequest } from './host-request.ts';
import type { ApiResponse } from './response.ts';

/** Is called with the number of bytes of a body that are about to be used. @throws {ApiError} to stop reading it. */
export type Meter = (bytes: number) => void;

/** What a call is created with, beside its request. */
export interface CallOptions<C extends object> {
  id: string;
  createContext: () => C | Promise<C>;
}

/**
 * A request on its way to a surface. What the layer knows of a call stands here; it reads nothing from the context and adds
 * nothing to it. What costs something, such as a WHATWG object, is made when it is read.
 */
export class Call<C extends object = object, Platform = unknown> {
  /** From `X-Request-Id`, or made by the server. */
  readonly id: string;
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** As it was sent, without its question mark; `''` if there is none. */
  readonly query: string;
  /** Headers that the response gets on every surface. */
  readonly responseHeaders = new HeaderList();
  readonly #host: HostRequest<Platform>;
  readonly #create: () => C | Promise<C>;
  #context: C | Promise<C> | undefined;
  #created: C | undefined;
  #url: URL | undefined;
  #searchParams: URLSearchParams | undefined;
  #end: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;
  #revocation: AbortController | undefined;
  #meter: Meter | undefined;

  constructor(host: HostRequest<Platform>, { id, createContext }: CallOptions<C>) {
    this.id = id;
    this.method = host.method;
    this.path = host.path;
    this.query = host.query;
    this.#host = host;
    this.#create = createContext;
  }

  /** Returns a header of the request by its name in lower case; `null` if there is none. */
  header(name: string): string | null {
    return this.#host.header(name);
  }

  /** The request as a WHATWG Request. */
  get request(): Request {
    return this.#host.request();
  }

  get url(): URL {
    return (this.#url ??= new URL(this.request.url));
  }

  /** The parameters of the query. */
  get searchParams(): URLSearchParams {
    return (this.#searchParams ??= new URLSearchParams(this.query));
  }

  /** The IP address of the peer; `null` if the host does not know it. */
  get peer(): string | null {
    return this.#host.peer;
  }

  /** The host's own objects. */
  get platform(): Platform {
    return this.#host.platform;
  }

  /** Aborted when the caller disconnects or the call exceeds its time limit. */
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
   * Abort it, with an error as its reason, when the caller loses the right to read a stream of the call. That ends the source of
   * the stream. The response stays open, so that its reader gets the error.
   */
  get revocation(): AbortController {
    return (this.#revocation ??= new AbortController());
  }

  /** The signal of `revocation`; undefined if nobody can abort it. */
  get revoked(): AbortSignal | undefined {
    return this.#revocation?.signal;
  }

  /** Reads the body: calls `take` with each chunk. Absent if the host only has the body of `request`. */
  get readBody(): HostRequest['readBody'] {
    return this.#host.readBody;
  }

  /** Calls `meter` with the bytes of the body before they are used. */
  meterBody(meter: Meter): void {
    this.#meter = meter;
  }

  /** Counts bytes of the body. @throws what the meter throws. */
  countBytes(bytes: number): void {
    this.#meter?.(bytes);
  }

  /** Aborts the work of the call. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#end?.abort(reason);
  }

  /** Returns the context that procedures get; it is created once, when it is first needed. @throws what `createContext` throws. */
  context(): C | Promise<C> {
    if (this.#context !== undefined) return this.#context;
    const created = this.#create();
    this.#context = created;
    if (created instanceof Promise) {
      created.then(
        (context) => {
          this.#created = context;
        },
        () => undefined,
      );
    } else this.#created = created;
    return created;
  }

  /** The context, if it has been created. */
  get createdContext(): C | undefined {
    return this.#created;
  }
}

/** Serves the calls below a path; throws an ApiError for everything that is not a success. */
export type Surface<C extends object = object, Platform = unknown> = (
  call: Call<C, Platform>,
) => Promise<ApiResponse>;

/**
 * Returns the signal for the source of a stream: it is aborted with `signal`, and when the caller loses the right to read.
 * @param revoked of the call, if it has one.
 */
export function untilRevoked(signal: AbortSignal, revoked: AbortSignal | undefined): AbortSignal {
  return revoked ? AbortSignal.any([signal, revoked]) : signal;
}
