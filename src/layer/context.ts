import type { Call, Meter, RequestInfo } from './call/call.ts';
import type { HeaderList } from './call/header-list.ts';
import { clientAddress, type TrustedNetworks } from './http/address.ts';

/**
 * How to find the IP address of a client: the number of your own proxies in front, each of which appends to
 * X-Forwarded-For, their networks, or a function that returns the address, `null` if it is unknown.
 */
export type TrustProxy = number | TrustedNetworks | ((options: ContextOptions) => string | null);

/**
 * The argument of `createContext`: a superset of the one of tRPC's fetch adapter. Values that are expensive to create
 * are created when they are first read.
 * @example createContext: async ({ headers }) => ({ visitor: await findVisitor(headers) })
 */
export class ContextOptions<Platform = unknown> {
  readonly #call: Call<object, Platform>;
  readonly #trustProxy: TrustProxy;
  #resHeaders: Headers | undefined;

  constructor(call: Call<object, Platform>, trustProxy: TrustProxy = 0) {
    this.#call = call;
    this.#trustProxy = trustProxy;
  }

  /** The request as a WHATWG Request, on every host. Do not read its body, because the procedures read it. */
  get req(): Request {
    return this.#call.request;
  }

  /** Headers that the response gets. */
  get resHeaders(): Headers {
    return (this.#resHeaders ??= new LinkedHeaders(this.#call.responseHeaders));
  }

  /** What the request calls: the procedures and how to read their inputs. `calls` is empty if it calls none. */
  get info(): RequestInfo {
    return this.#call.info;
  }

  /** The headers of the request. */
  get headers(): Headers {
    return this.#call.request.headers;
  }

  /**
   * Returns a header of the request by its name in lower case, at less cost than `headers`; `null` if there is none.
   */
  get header(): (name: string) => string | null {
    return (name) => this.#call.header(name);
  }

  /** The id of the request: from `X-Request-Id`, or a random one. */
  get id(): string {
    return this.#call.id;
  }

  /** The HTTP method, such as `GET`. */
  get path(): string {
    return this.#call.path;
  }

  get method(): string {
    return this.#call.method;
  }

  /** The IP address of the client, as far as `trustProxy` allows finding it; `null` if it is unknown. */
  get address(): string | null {
    const trust = this.#trustProxy;
    if (typeof trust === 'function') return trust(this);
    return clientAddress(this.header, this.#call.peer, trust);
  }

  /** The signal that is aborted when the client disconnects or the call exceeds its time limit. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** The host's own objects: `{ req, res }` on Node, the second argument of `api.fetch` on other hosts. */
  get platform(): Platform {
    return this.#call.platform;
  }

  /** The same headers as `resHeaders`, at less cost. */
  get responseHeaders(): HeaderList {
    return this.#call.responseHeaders;
  }

  /**
   * The controller to abort, with an error as the reason, to end the streams of a caller that may no longer read them.
   */
  get revocation(): AbortController {
    return this.#call.revocation;
  }

  /**
   * Sets a function that is called with the number of bytes of the body before they are used. It throws to reject the
   * request.
   */
  meterBody(meter: Meter): void {
    this.#call.meterBody(meter);
  }
}

/** WHATWG headers that pass all changes on to a HeaderList. */
class LinkedHeaders extends Headers {
  readonly #list: HeaderList;

  constructor(list: HeaderList) {
    super([...list]);
    this.#list = list;
  }

  override append(name: string, value: string): void {
    super.append(name, value);
    this.#list.append(name, value);
  }

  override set(name: string, value: string): void {
    super.set(name, value);
    this.#list.set(name, value);
  }

  override delete(name: string): void {
    super.delete(name);
    this.#list.delete(name);
  }
}
