import { all, type Eventual, isPromise } from './call/eventual.ts';
import type { HeaderList } from './call/header-list.ts';
import { type Counters, memoryCounters } from './counters.ts';
import { CoreError } from './errors/api-error.ts';
import type { Standing } from './window-counter.ts';

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

/** Rate limits (docs/decisions/0007-rate-limits.md). */
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
  ) => Eventual<CoreError | undefined>;
  /**
   * Takes bytes of a request body from each budget of a caller.
   * @throws {CoreError} TOO_MANY_REQUESTS if they do not fit.
   */
  takeBytes: (budgets: Budgets, bytes: number) => void;
}

/** Returns the standing of the budget that limits the caller most. */
function worstOf([first, ...others]: readonly [Standing, ...Standing[]]): Standing {
  return others.reduce((worst, standing) => {
    if (standing.fits !== worst.fits) return standing.fits ? worst : standing;
    const isWorse = standing.fits ? standing.left < worst.left : standing.seconds > worst.seconds;
    return isWorse ? standing : worst;
  }, first);
}

/** A limit with its counter. */
interface Limit {
  name: string;
  take: (budget: string) => Eventual<Standing>;
  /** The item of a RateLimit-Policy field. */
  policy: string;
}

/** Takes one call from each budget. @returns the standing of the budget that limits the caller most. */
function takeFromAll({ take }: Limit, [first, ...others]: Budgets): Eventual<Standing> {
  const standing = take(first);
  if (others.length === 0) return standing;
  const standings = all(others.map(take));
  return isPromise(standing) || isPromise(standings)
    ? Promise.all([standing, standings]).then(([one, more]) => worstOf([one, ...more]))
    : worstOf([standing, ...standings]);
}

const MINUTE = 60;

/** The highest number of calls per minute that are counted one by one. */
const EXACT_PER_MINUTE = 100;

function createLimit(counters: Counters, name: string, { calls, seconds }: CallLimit): Limit {
  const isExact = calls * MINUTE <= EXACT_PER_MINUTE * seconds;
  const counter = counters[isExact ? 'exact' : 'rate']({ name, limit: calls, seconds });
  return { name, take: (budget) => counter.take(budget), policy: `"${name}";q=${calls};w=${seconds}` };
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

const stateOf = ({ name }: Limit, { left, seconds }: Standing) => `"${name}";r=${left};t=${seconds}`;

/** Returns the time until a retry, in seconds; 0 if the call was not rejected. */
const waitOf = ({ fits, seconds }: Standing) => (fits ? 0 : Math.max(1, seconds));

/**
 * Sets the headers that report a limit, and another one if it also applies.
 * @returns the error for the caller if one of them is exceeded.
 */
function report(
  headers: Pick<HeaderList, 'set'>,
  limit: Limit,
  standing: Standing,
  other: Limit | null,
  otherStanding: Standing | null,
): CoreError | undefined {
  let { policy } = limit;
  let state = stateOf(limit, standing);
  let wait = waitOf(standing);
  if (other && otherStanding) {
    policy += `, ${other.policy}`;
    state += `, ${stateOf(other, otherStanding)}`;
    wait = Math.max(wait, waitOf(otherStanding));
  }
  headers.set('ratelimit-policy', policy);
  headers.set('ratelimit', state);
  return wait === 0 ? undefined : tooMany('calls', wait);
}

/**
 * Creates rate limits: common limits per minute, and the procedures' own. Limits of 100 calls per minute and less are
 * counted exactly.
 * @param limits.calls the maximum number of calls per minute and budget; 0 for no limit.
 * @param limits.bytes the maximum size of request bodies per minute and budget, in bytes; 0 for no limit.
 * @param counters creates the counters. By default, each process counts for itself.
 */
export function createRateLimits(
  { calls, bytes: maxBytes }: { calls: number; bytes: number },
  counters: Counters = memoryCounters,
): RateLimits {
  const common = calls === 0 ? null : createLimit(counters, 'default', { calls, seconds: MINUTE });
  const bytesTaken =
    maxBytes === 0 ? null : counters.rate({ name: 'bytes', limit: maxBytes, seconds: MINUTE });
  const own = new Map<string, Limit>();

  function limitOf({ name, rateLimit }: CountedProcedure): Limit | null {
    const known = own.get(name);
    if (known || !rateLimit) return known ?? null;
    const created = createLimit(counters, name, rateLimit);
    own.set(name, created);
    return created;
  }

  return {
    countsCalls: common !== null,

    count(budgets, procedure, counts, headers) {
      const general = counts === 'all' ? common : null;
      const special = procedure ? limitOf(procedure) : null;
      const first = general ?? special;
      if (!first) return undefined;
      const second = general && special;
      const one = takeFromAll(first, budgets);
      const two = second && takeFromAll(second, budgets);
      return isPromise(one) || isPromise(two)
        ? Promise.all([one, two]).then(([standing, other]) => report(headers, first, standing, second, other))
        : report(headers, first, one, second, two);
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
