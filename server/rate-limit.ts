import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';

/** How many calls a caller may make in a time. */
export interface CallLimit {
  calls: number;
  seconds: number;
}

/** The limits of one process (docs/decisions/0007-rate-limits-per-instance.md). */
export interface RateLimits {
  /**
   * Counts a call, and tells in `headers` what is left (draft-ietf-httpapi-ratelimit-headers-10).
   * @param who the caller's account or address.
   * @param own the limit of the procedure itself, which counts its calls only.
   * @throws {AppError} TOO_MANY_REQUESTS with the seconds until the next call may be made.
   */
  count: (who: string, procedure: string, own: CallLimit | undefined, headers: Headers) => Promise<void>;
}

/** A limit as one counts by it. */
interface Counter {
  name: string;
  limiter: RateLimiterMemory;
  /** The item of a RateLimit-Policy field. */
  policy: string;
}

function createCounter(name: string, { calls, seconds }: CallLimit): Counter {
  return {
    name,
    limiter: new RateLimiterMemory({ keyPrefix: '', points: calls, duration: seconds }),
    policy: `"${name}";q=${calls};w=${seconds}`,
  };
}

/** Counts one more. @returns what is left, also when that was one too many. */
async function consume(
  { limiter }: Counter,
  who: string,
): Promise<{ left: RateLimiterRes; refused: boolean }> {
  try {
    return { left: await limiter.consume(who), refused: false };
  } catch (rejected) {
    if (rejected instanceof RateLimiterRes) return { left: rejected, refused: true };
    throw rejected;
  }
}

/** Limits of RATE_LIMIT calls a minute for each caller, and of procedures that have their own; `null` for no limits. */
export function createRateLimits({ RATE_LIMIT }: Pick<Env, 'RATE_LIMIT'>): RateLimits | null {
  if (RATE_LIMIT === 0) return null;
  const all = createCounter('default', { calls: RATE_LIMIT, seconds: 60 });
  const own = new Map<string, Counter>();

  function counterOf(procedure: string, limit: CallLimit): Counter {
    const known = own.get(procedure);
    if (known) return known;
    const made = createCounter(procedure, limit);
    own.set(procedure, made);
    return made;
  }

  return {
    async count(who, procedure, limit, headers) {
      const counters = limit ? [all, counterOf(procedure, limit)] : [all];
      const states: string[] = [];
      let wait: number | undefined;
      for (const counter of counters) {
        const { left, refused } = await consume(counter, who);
        const seconds = Math.ceil(left.msBeforeNext / 1000);
        states.push(`"${counter.name}";r=${left.remainingPoints};t=${seconds}`);
        if (refused) wait = Math.max(wait ?? 1, seconds);
      }
      headers.set('ratelimit-policy', counters.map(({ policy }) => policy).join(', '));
      headers.set('ratelimit', states.join(', '));
      if (wait === undefined) return;
      throw new AppError('TOO_MANY_REQUESTS', {
        detail: `Too many calls; the next one may be made in ${wait} seconds.`,
        retryAfter: wait,
      });
    },
  };
}
