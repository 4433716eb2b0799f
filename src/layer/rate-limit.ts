import type { HeaderList } from './call/header-list.ts';
import { CoreError } from './errors/api-error.ts';
import { type Standing, WindowCounter } from './window-counter.ts';

/** The keys of the budgets of a caller. Each call counts against all of them. */
export type Budgets = readonly [string, ...string[]];

/** The maximum number of calls of a caller in a time. */
export interface CallLimit {
  /** The number of calls. */
  calls: number;
  /** The length of the time window, in seconds. */
  seconds: number;
}

/** A procedure whose calls are counted. */
export interface CountedProcedure {
  /** The path of the procedure in the router, such as `things.get`. */
  name: string;
  /** The procedure's own limit, which only counts its calls. */
  rateLimit: CallLimit | undefined;
}

/** The rate limits of one process (docs/decisions/0007-rate-limits-per-instance.md). */
export interface RateLimits {
  /** False if only calls of procedures with their own limit are counted. */
  countsCalls: boolean;
  /**
   * Counts a call against each budget of its caller, and sets the headers RateLimit and RateLimit-Policy
   * (draft-ietf-httpapi-ratelimit-headers-10).
   * @param budgets the budgets of the caller.
   * @param procedure the called procedure, if its own limit should be counted.
   * @param counts `own` to count only the procedure's own limit.
   * @returns the error for the caller, TOO_MANY_REQUESTS, if a limit is exceeded; otherwise `undefined`.
   */
  count: (
    budgets: Budgets,
    procedure: CountedProcedure | undefined,
    counts: 'all' | 'own',
    headers: Pick<HeaderList, 'set'>,
  ) => CoreError | undefined;
  /**
   * Takes bytes of a request body from each budget of a caller.
   * @throws {CoreError} TOO_MANY_REQUESTS if they do not fit.
   */
  takeBytes: (budgets: Budgets, bytes: number) => void;
}

/** Takes one call from each budget. @returns the standing of the budget that limits the caller most. */
function takeFromAll(counter: WindowCounter, [first, ...others]: Budgets): Standing {
  return others.reduce((worst, budget) => {
    const standing = counter.take(budget);
    if (standing.fits !== worst.fits) return standing.fits ? worst : standing;
    const isWorse = standing.fits ? standing.left < worst.left : standing.seconds > worst.seconds;
    return isWorse ? standing : worst;
  }, counter.take(first));
}

/** A limit with its counter. */
interface Limit {
  name: string;
  counter: WindowCounter;
  /** The item of a RateLimit-Policy field. */
  policy: string;
}

const MINUTE = 60;

function createLimit(name: string, { calls, seconds }: CallLimit): Limit {
  return { name, counter: new WindowCounter(calls, seconds), policy: `"${name}";q=${calls};w=${seconds}` };
}

/**
 * Returns the error for a caller that has exceeded a limit, TOO_MANY_REQUESTS.
 * @param counted the counted things in the plural, such as `calls`.
 * @param seconds the time until a retry, in seconds.
 */
export function tooMany(counted: string, seconds: number): CoreError {
  return new CoreError('TOO_MANY_REQUESTS', {
    detail: `Too many ${counted}. Retry in ${seconds} seconds.`,
    retryAfter: Math.max(1, seconds),
  });
}

/**
 * Creates rate limits in memory: common limits per minute, and the procedures' own.
 * @param limits.calls the maximum number of calls per minute and budget; 0 for no limit.
 * @param limits.bytes the maximum size of request bodies per minute and budget, in bytes; 0 for no limit.
 */
export function createRateLimits({ calls, bytes: maxBytes }: { calls: number; bytes: number }): RateLimits {
  const all = calls === 0 ? null : createLimit('default', { calls, seconds: MINUTE });
  const bytesTaken = maxBytes === 0 ? null : new WindowCounter(maxBytes, MINUTE);
  const own = new Map<string, Limit>();

  function limitOf({ name, rateLimit }: CountedProcedure): Limit | null {
    const known = own.get(name);
    if (known || !rateLimit) return known ?? null;
    const created = createLimit(name, rateLimit);
    own.set(name, created);
    return created;
  }

  return {
    countsCalls: all !== null,

    count(budgets, procedure, counts, headers) {
      const common = counts === 'all' ? all : null;
      const special = procedure ? limitOf(procedure) : null;
      let policies = '';
      let states = '';
      let wait: number | undefined;
      for (const limit of [common, special]) {
        if (!limit) continue;
        const { counter, name, policy } = limit;
        const { fits, left, seconds } = takeFromAll(counter, budgets);
        policies += policies === '' ? policy : `, ${policy}`;
        states += `${states === '' ? '' : ', '}"${name}";r=${left};t=${seconds}`;
        if (!fits) wait = Math.max(wait ?? 1, seconds);
      }
      if (policies === '') return undefined;
      headers.set('ratelimit-policy', policies);
      headers.set('ratelimit', states);
      return wait === undefined ? undefined : tooMany('calls', wait);
    },

    takeBytes(budgets, bytes) {
      if (!bytesTaken || bytes === 0) return;
      for (const budget of budgets) {
        const { fits, seconds } = bytesTaken.take(budget, bytes);
        if (!fits) throw tooMany('bytes', seconds);
      }
    },
  };
}
