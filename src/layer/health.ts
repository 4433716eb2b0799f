import type { Surface } from './call/call.ts';
import { jsonResponse } from './call/response.ts';
import { CoreError } from './errors/api-error.ts';

/** The time for which the result of a check is reused, in milliseconds. */
const FRESH_MS = 1000;

/** Calls `check` at most once in FRESH_MS. Callers in between get the same result. */
function cached<T>(check: () => Promise<T>): () => Promise<T> {
  let last: { at: number; result: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, result: check() };
    return last.result;
  };
}

/** The check that decides if a server is ready. */
export interface ReadinessCheck {
  /** Resolves to true if calls can be served. It needs its own time limit. */
  check: () => Promise<boolean>;
  /** The fields that the response adds if the server is ready. */
  details: Record<string, string>;
  /** The detail of the error if the server is not ready. */
  failure: string;
}

/**
 * Creates a surface that reports the state of the server to a load balancer, for GET and HEAD. The check runs at most
 * once a second, at any rate of requests.
 * @param readiness without it, the surface only reports that the process is up.
 * @returns a function from a call to its response: `{"status":"up"}`, or `{"status":"ready"}` with the details of
 *   `readiness`. It throws SERVICE_UNAVAILABLE (503, retry after 2 seconds) if the server is not ready, and
 *   METHOD_NOT_ALLOWED.
 */
export function createHealthSurface(readiness?: ReadinessCheck): Surface {
  const isReady = readiness && cached(() => readiness.check());
  return async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
    }
    if (!isReady) return jsonResponse({ status: 'up' });
    if (await isReady()) return jsonResponse({ status: 'ready', ...readiness.details });
    throw new CoreError('SERVICE_UNAVAILABLE', { detail: readiness.failure, retryAfter: 2 });
  };
}
