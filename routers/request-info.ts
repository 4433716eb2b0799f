import type { IncomingMessage } from 'node:http';
import type { ContextOptions } from '#layer/index';
import type { RequestHeaders, RequestInfo } from '#server/people/actor';
import { surfaceOf } from '#server/metrics/surface-of';
import { RESOURCE_PATH } from '#server/people/oauth/provider';
import { isLocalRequest } from '#server/transport/local-request';

/** The host's view of a request: Node's own objects, or a function that tells if a program on this machine sent it. */
export type Platform = { req: IncomingMessage } | { isLocal: () => boolean };

/** The length of a User-Agent header that is kept, in characters. */
const MAX_USER_AGENT = 500;

/** The facts about the request of a call. Those that cost something are found out when they are first read. */
export class CallInfo implements RequestInfo {
  readonly #call: ContextOptions<Platform>;
  readonly headers: RequestHeaders;
  readonly isLocal = (): boolean => {
    const { platform } = this.#call;
    return 'isLocal' in platform ? platform.isLocal() : isLocalRequest(platform.req);
  };

  constructor(call: ContextOptions<Platform>) {
    this.#call = call;
    this.headers = new CallHeaders(call);
  }

  get id(): string {
    return this.#call.id;
  }

  get surface(): string {
    return surfaceOf(this.#call.path);
  }

  get acceptsTokens(): boolean {
    return this.#call.path === RESOURCE_PATH;
  }

  get ip(): string | null {
    return this.#call.address;
  }

  get peer(): string | null | undefined {
    const { platform } = this.#call;
    return 'req' in platform ? (platform.req.socket.remoteAddress ?? null) : undefined;
  }

  get userAgent(): string | null {
    return this.headers.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? null;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

/** The headers of a call. They become WHATWG headers only if all are needed. */
class CallHeaders implements RequestHeaders {
  readonly #call: ContextOptions<Platform>;

  constructor(call: ContextOptions<Platform>) {
    this.#call = call;
  }

  get(name: string): string | null {
    return this.#call.header(name);
  }

  has(name: string): boolean {
    return this.#call.header(name) !== null;
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#call.headers[Symbol.iterator]();
  }
}
