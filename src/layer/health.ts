import type { Surface } from './call/call.ts';
import { jsonResponse } from './call/response.ts';
import { CoreError } from './errors/api-error.ts';

/** How long the result of a check is repeated to those who ask for it, in milliseconds. */
const FRESH_MS = 1000;

/** Asks at most once in FRESH_MS; requests meanwhile get the same answer. */
function repeated<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, answer: ask() };
    return last.answer;
  };
}

/** Decides if a server is ready. */
export interface ReadinessCheck {
  /** Resolves to true if calls can be served; it has its own time limit. */
  check: () => Promise<boolean>;
  /** What the response adds if they can. */
  details: Record<string, string>;
  /** What the error says if they cannot. */
  failure: string;
}

/**
 * Reports the state of the server to a load balancer. Without `readiness` only that the process is up; with it also whether
 * calls can be served: if not, with 503. It may be asked at any rate: the check runs once a second.
 */
export function createHealthSurface(readiness?: ReadinessCheck): Surface {
  const isReady = readiness && repeated(() => readiness.check());
  return async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
    }
    if (!isReady) return jsonResponse({ status: 'up' });
    if (await isReady()) return jsonResponse({ status: 'ready', ...readiness.details });
    throw new CoreError('SERVICE_UNAVAILABLE', { detail: readiness.failure, retryAfter: 2 });
  };
}
