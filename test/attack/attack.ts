import type { Outcome } from './outcome.ts';
import type { Fixture } from './fixture.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Limits of what an attack may cost other callers, and of the size of rejections. */
export const LIMITS = {
  /** How much longer than on an idle server `/api/health` may take during one request, in milliseconds. */
  freezeAloneMs: 100,
  /** The same with ten concurrent requests. */
  freezeMs: 200,
  /** The peak of the server's resident memory. */
  residentBytes: 1536 * MB,
  /** The same, above that of the idle server. */
  residentAboveIdleBytes: 500 * MB,
  /** The body of a response with status 400 or more. */
  rejectionBytes: 8 * KB,
  /** The same for a batch. */
  batchRejectionBytes: 64 * KB,
} as const;

/** Sends one request. @param index its number in the round, from 0. */
export type SendRequest = (index: number) => Promise<Outcome>;

/** The number of requests of an attack, and how many of them are sent concurrently. */
export interface Round {
  count: number;
  concurrency: number;
}

/** Returns what is wrong with the outcomes of a round, apart from their cost; `null` if nothing is. */
export type Judge = (outcomes: readonly Outcome[]) => string | null;

/** An attack: an example of a kind of request whose cost is limited. */
export interface Attack {
  /** Its entry in the list of threats in docs/security.md. */
  entry: string;
  name: string;
  /** True if the short form skips it. */
  isLong?: true;
  /** By default one request, then ten concurrent ones. */
  rounds?: readonly Round[];
  rejectionBytes?: number;
  /** How long to measure after the last response, in milliseconds, because the server continues to work. */
  watchMs?: number;
  /** Creates the objects that the requests need. Its cost does not count. */
  prepare: (fixture: Fixture) => SendRequest | Promise<SendRequest>;
  judge: Judge;
}

export const ALONE_AND_TEN: readonly Round[] = [
  { count: 1, concurrency: 1 },
  { count: 10, concurrency: 10 },
];

/** Requires that all responses of a round have an allowed status. */
export function onlyStatuses(isAllowed: (status: number) => boolean): Judge {
  return (outcomes) => {
    const others = new Set(outcomes.map(({ status }) => status).filter((status) => !isAllowed(status)));
    return others.size === 0 ? null : `status ${[...others].join(', ')}`;
  };
}

/** Requires a response to every request, and no failure of the server. 503 is allowed, because it means busy. */
export const isServed: Judge = onlyStatuses((status) => status > 0 && (status < 500 || status === 503));

/** Combines judges. */
const every =
  (...judges: readonly Judge[]): Judge =>
  (outcomes) =>
    judges
      .map((judge) => judge(outcomes))
      .filter((fault) => fault !== null)
      .join('; ') || null;

/**
 * Requires that at least one response of a round has one of these statuses, so the attack has reached its target. The
 * others have one too, or were rejected because there were too many requests.
 */
export function gets(...statuses: readonly number[]): Judge {
  const reached: Judge = (outcomes) =>
    outcomes.some(({ status }) => statuses.includes(status)) ? null : `none with ${statuses.join(' or ')}`;
  return every(
    reached,
    onlyStatuses((status) => statuses.includes(status) || status === 429 || status === 503),
  );
}

/** Requires that the server accepted at least one and at most `most` requests of a round. */
export function atMost(most: number): Judge {
  return every((outcomes) => {
    const accepted = outcomes.filter(({ status }) => status >= 200 && status < 300).length;
    return accepted > 0 && accepted <= most ? null : `${accepted} accepted, 1 to ${most} allowed`;
  }, isServed);
}

/** Requires that some but not all requests of a round were rejected because there were too many. */
export const isCounted: Judge = every((outcomes) => {
  const rejected = outcomes.filter(({ status }) => status === 429).length;
  if (rejected === 0) return 'none was rejected with 429';
  return rejected === outcomes.length ? 'all were rejected with 429' : null;
}, isServed);

/** Requires that requests of a round were accepted and no response is longer than `most` bytes. */
export function noLongerThan(most: number): Judge {
  return every(
    (outcomes) => {
      const longest = Math.max(...outcomes.map(({ bytes }) => bytes));
      return longest > most
        ? `a response of ${Math.round(longest / KB)} KB, ${Math.round(most / KB)} KB allowed`
        : null;
    },
    gets(200, 207),
  );
}
