import type { Env } from './env.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** What a page may send beside what every page may; `*` would leave out Authorization. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'trpc-accept',
].join(', ');
/** What a page may read of an answer beside what every page may. */
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
].join(', ');
/** How long a browser need not ask again, in seconds; Chromium caps it at this. */
const MAX_AGE = '7200';

/** Tells browsers which pages of other origins may call the API. */
export interface Cors {
  /** Answers a preflight request (https://fetch.spec.whatwg.org/#cors-preflight-request); `null` for any other. */
  preflight: (request: Request) => Response | null;
  /** Adds to an answer whether the page that asked may read it. */
  mark: (request: Request, headers: Headers) => void;
}

/**
 * Cross-origin resource sharing for the origins of CORS_ORIGINS; `null` when there are none. Credentials are never
 * allowed: a page of another origin calls with an API key, and a browser does not let it use the session cookie.
 */
export function createCors({ CORS_ORIGINS: origins }: Pick<Env, 'CORS_ORIGINS'>): Cors | null {
  if (!origins) return null;
  const any = origins.includes('*');
  const allowed = new Set(origins);

  function mark(request: Request, headers: Headers): void {
    if (!any) headers.append('vary', 'Origin');
    const origin = request.headers.get('origin');
    if (origin === null || !(any || allowed.has(origin))) return;
    headers.set('access-control-allow-origin', any ? '*' : origin);
    headers.set('access-control-expose-headers', RESPONSE_HEADERS);
  }

  function preflight({ method, headers }: Request): Response | null {
    const origin = headers.get('origin');
    const asks = method === 'OPTIONS' && headers.has('access-control-request-method');
    if (!asks || origin === null || !(any || allowed.has(origin))) return null;
    return new Response(null, {
      status: 204,
      headers: {
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': MAX_AGE,
      },
    });
  }

  return { preflight, mark };
}
