import type { HeaderList } from './call/header-list.ts';
import { CoreError } from './errors/api-error.ts';
import { type Standing, WindowCounter } from './window-counter.ts';

/** The keys of the budgets that a caller draws from. */
export type Budgets = readonly [string, ...string[]];

/** How many calls a caller may make in a time. */
export interface CallLimit {
  calls: number;
  seconds: number;
}

/** A procedure as its calls are counted. */
export interface CountedProcedure {
  name: string;
  /** Its own limit, which counts its calls only. */
  rateLimit: CallLimit | undefined;
}

/** The limits of one process (docs/decisions/0007-rate-limits-per-instance.md). */
export interface RateLimits {
  /** False if only procedures with a limit of their own are counted. */
  countsCalls: boolean;
  /**
   * Counts a call against each budget of its caller, and writes to `headers` what is left
   * (draft-ietf-httpapi-ratelimit-headers-10).
   * @param budgets of the caller.
   * @param procedure the procedure that is called, if it has a limit of its own that is to be counted.
   * @param counts `own` if only the procedure's own limit is to be counted.
   * @returns the error to reject the call with, TOO_MANY_REQUESTS, if a limit is exceeded.
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

/** Takes one from each budget. @returns the standing of the budget that limits the caller most. */
function takeFromAll(counter: WindowCounter, [first, ...others]: Budgets): Standing {
  return others.reduce((worst, budget) => {
    const standing = counter.take(budget);
    if (standing.fits !== worst.fits) return standing.fits ? worst : standing;
    const isWorse = standing.fits ? standing.left < worst.left : standing.seconds > worst.seconds;
    return isWorse ? standing : worst;
  }, counter.take(first));
}

/** A limit as one counts by it. */
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

/** Returns the error of a caller who has to wait. @param what what there was too much of. */
export function tooMany(what: string, seconds: number): CoreError {
  return new CoreError('TOO_MANY_REQUESTS', {
    detail: `Too many ${what}. Retry in ${seconds} seconds.`,
    retryAfter: Math.max(1, seconds),
  });
}

/**
 * Creates the limits of `calls` and `bytes` a minute, 0 for no limit, and those that procedures have themselves.
 * @param limits.bytes of the bodies of callers who pay for them.
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
