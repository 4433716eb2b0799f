import type { Outcome } from './outcome.ts';
import type { Scene } from './scene.ts';

const KB = 1024;
const MB = 1024 * KB;

/** What a response may cost everybody else, and the sizes of rejections. */
export const LIMITS = {
  /** How much longer than on a calm server `/api/health` may take during one request, in milliseconds. */
  freezeAloneMs: 100,
  /** The same with ten requests at once. */
  freezeMs: 200,
  /** Resident memory of the server at its peak. */
  residentBytes: 1536 * MB,
  /** The same, above that of the calm server. */
  residentAboveCalmBytes: 500 * MB,
  /** The body of a response with a status from 400 on. */
  rejectionBytes: 8 * KB,
  /** The same for a batch. */
  batchRejectionBytes: 64 * KB,
} as const;

/** Sends one request. @param index which of the round it is, from 0. */
export type Shot = (index: number) => Promise<Outcome>;

/** How often an attack is made, and how many requests are under way at a time. */
export interface Round {
  count: number;
  atOnce: number;
}

/** Says what is wrong with the outcomes of a round, beside what they cost; `null` for nothing. */
export type Judge = (outcomes: readonly Outcome[]) => string | null;

/** One attack: an example of a kind of request that must not cost more than it may. */
export interface Attack {
  /** Which entry of the threat list in docs/security.md it belongs to. */
  entry: string;
  name: string;
  /** True for what the short form leaves out. */
  isLong?: true;
  /** One request, then ten at once, unless it says otherwise. */
  rounds?: readonly Round[];
  rejectionBytes?: number;
  /** How long the server is still watched after the last response, because it works on, in milliseconds. */
  watchMs?: number;
  /** Makes what the requests need; its own cost does not count. */
  prepare: (scene: Scene) => Shot | Promise<Shot>;
  judge: Judge;
}

export const ALONE_AND_TEN: readonly Round[] = [
  { count: 1, atOnce: 1 },
  { count: 10, atOnce: 10 },
];

/** No request of a round got any other status than allowed ones. */
export function onlyStatuses(isAllowed: (status: number) => boolean): Judge {
  return (outcomes) => {
    const others = new Set(outcomes.map(({ status }) => status).filter((status) => !isAllowed(status)));
    return others.size === 0 ? null : `status ${[...others].join(', ')}`;
  };
}

/** Every request was answered, and not by a failure of the server; 503 says that it is busy. */
export const isAnswered: Judge = onlyStatuses((status) => status > 0 && (status < 500 || status === 503));

/** All that some judges find. */
const every =
  (...judges: readonly Judge[]): Judge =>
  (outcomes) =>
    judges
      .map((judge) => judge(outcomes))
      .filter((fault) => fault !== null)
      .join('; ') || null;

/**
 * At least one request of a round got one of these statuses, so the attack reached what it is for. The others got one
 * too, or were rejected because there were too many.
 */
export function gets(...statuses: readonly number[]): Judge {
  const reached: Judge = (outcomes) =>
    outcomes.some(({ status }) => statuses.includes(status)) ? null : `none with ${statuses.join(' or ')}`;
  return every(
    reached,
    onlyStatuses((status) => statuses.includes(status) || status === 429 || status === 503),
  );
}

/** At most so many requests of a round were accepted, and at least one. */
export function atMost(most: number): Judge {
  return every((outcomes) => {
    const accepted = outcomes.filter(({ status }) => status >= 200 && status < 300).length;
    return accepted > 0 && accepted <= most ? null : `${accepted} accepted, 1 to ${most} may be`;
  }, isAnswered);
}

/** Some request of a round was rejected because there were too many, and some was not. */
export const isCounted: Judge = every((outcomes) => {
  const rejected = outcomes.filter(({ status }) => status === 429).length;
  if (rejected === 0) return 'none was rejected with 429';
  return rejected === outcomes.length ? 'all were rejected with 429' : null;
}, isAnswered);

/** Requests of a round were accepted, and no response is longer than `most` bytes. */
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
