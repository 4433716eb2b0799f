import type { Call } from '../call/call.ts';
import { type BufferedResponse, emptyResponse } from '../call/response.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** The headers that a page may send besides the CORS-safelisted ones. `*` would not include Authorization. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Protocol-Version',
  'X-Request-Id',
  'trpc-accept',
];
/** The response headers that a page may read besides the CORS-safelisted ones. */
const RESPONSE_HEADERS = [
  'Allow',
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
];
/** The time a browser may cache a preflight response, in seconds. Chromium allows no more. */
const MAX_AGE = 7200;

/** The options of cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CorsOptions {
  /** The origins whose pages may call the API, such as `https://app.example.com`; `*` for all. */
  origins: readonly string[];
  /** True if pages of these origins may send cookies; then `origins` must not contain `*`. Default: false. */
  credentials?: boolean;
  /** Additional request headers that a page may send. */
  allowHeaders?: readonly string[];
  /** Additional response headers that a page may read. */
  exposeHeaders?: readonly string[];
  /** The time a browser may cache a preflight response, in seconds. Default: 7200. */
  maxAge?: number;
}

type CorsCall = Pick<Call, 'method' | 'header'>;

/** The headers of a response, as far as CORS changes them. */
interface ResponseHeaders {
  set: (name: string, value: string) => void;
  append: (name: string, value: string) => void;
}

/** Tells browsers which pages of other origins may call the API. */
export interface Cors {
  /**
   * Returns the response to a preflight request (https://fetch.spec.whatwg.org/#cors-preflight-request); `null` for any
   * other.
   */
  preflight: (call: CorsCall) => BufferedResponse | null;
  /** Adds the headers that let the page that sent the request read the response, if its origin is allowed. */
  mark: (call: CorsCall, headers: ResponseHeaders) => void;
}

/**
 * Creates the headers of cross-origin resource sharing.
 * @throws {Error} for `*` with credentials, because any page could then act as its visitor.
 */
export function createCors({
  origins,
  credentials = false,
  allowHeaders = [],
  exposeHeaders = [],
  maxAge = MAX_AGE,
}: CorsOptions): Cors {
  const any = origins.includes('*');
  if (any && credentials) {
    throw new Error(
      'cors: "*" cannot be combined with `credentials`. List the origins, or remove `credentials`.',
    );
  }
  const allowed = new Set(origins);
  const requestHeaders = [...REQUEST_HEADERS, ...allowHeaders].join(', ');
  const responseHeaders = [...RESPONSE_HEADERS, ...exposeHeaders].join(', ');

  function mark(call: CorsCall, headers: ResponseHeaders): void {
    if (!any) headers.append('vary', 'Origin');
    const origin = call.header('origin');
    if (origin === null || !(any || allowed.has(origin))) return;
    headers.set('access-control-allow-origin', any ? '*' : origin);
    headers.set('access-control-expose-headers', responseHeaders);
    if (credentials) headers.set('access-control-allow-credentials', 'true');
  }

  function preflight(call: CorsCall): BufferedResponse | null {
    const origin = call.header('origin');
    const asks = call.method === 'OPTIONS' && call.header('access-control-request-method') !== null;
    if (!asks || origin === null || !(any || allowed.has(origin))) return null;
    return emptyResponse(204, {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': requestHeaders,
      'access-control-max-age': String(maxAge),
    });
  }

  return { preflight, mark };
}
