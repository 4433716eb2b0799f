import type { Call } from '../call/call.ts';
import { type BufferedResponse, emptyResponse } from '../call/response.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** What a page may send in addition to what every page may; `*` would leave out Authorization. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'trpc-accept',
];
/** What a page may read of a response in addition to what every page may. */
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
/** How long a browser may cache a preflight response, in seconds; Chromium caps it at this. */
const MAX_AGE = 7200;

export interface CorsOptions {
  /** The origins whose pages may call the API, such as `https://app.example.com`; `*` for all. */
  origins: readonly string[];
  /** Lets pages of these origins, which must be named one by one, send cookies. Default: false. */
  credentials?: boolean;
  /** Further headers that a page may send. */
  allowHeaders?: readonly string[];
  /** Further headers that a page may read. */
  exposeHeaders?: readonly string[];
  /** How long a browser may cache a preflight response, in seconds. Default: 7200. */
  maxAge?: number;
}

type CorsCall = Pick<Call, 'method' | 'header'>;

/** The headers of a response that CORS sets. */
interface ResponseHeaders {
  set: (name: string, value: string) => void;
  append: (name: string, value: string) => void;
}

/** Tells browsers which pages of other origins may call the API. */
export interface Cors {
  /** Returns the response to a preflight request (https://fetch.spec.whatwg.org/#cors-preflight-request); `null` for any other. */
  preflight: (call: CorsCall) => BufferedResponse | null;
  /** Adds to a response whether the page that sent the request may read it. */
  mark: (call: CorsCall, headers: ResponseHeaders) => void;
}

/**
 * Creates cross-origin resource sharing.
 * @throws {Error} for `*` with credentials, which would let every page act as its visitor.
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
    throw new Error('cors: name the origins one by one, or leave `credentials` out; "*" cannot have both.');
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
