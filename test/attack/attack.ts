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

/** What became of one request. */
export interface Outcome {
  /** 0 when the connection ended without a response. */
  status: number;
  /** The length of the body. */
  bytes: number;
}

/** Sends one request. @param index which of the round it is, from 0. */
export type Shot = (index: number) => Promise<Outcome>;

/** How often an attack is made, and how many requests are under way at a time. */
export interface Round {
  count: number;
  atOnce: number;
}

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
  /** Makes what the requests need; its own cost does not count. */
  prepare: (scene: Scene) => Shot | Promise<Shot>;
  /** What else is wrong with the outcomes of a round; `null` for nothing. Without it no status may be a 5xx but 503. */
  judge?: (outcomes: readonly Outcome[]) => string | null;
}

export const ALONE_AND_TEN: readonly Round[] = [
  { count: 1, atOnce: 1 },
  { count: 10, atOnce: 10 },
];

/** Says which statuses were seen that should not have been; `null` when there were none. */
export function onlyStatuses(isAllowed: (status: number) => boolean): NonNullable<Attack['judge']> {
  return (outcomes) => {
    const others = new Set(outcomes.map(({ status }) => status).filter((status) => !isAllowed(status)));
    return others.size === 0 ? null : `status ${[...others].join(', ')}`;
  };
}

/** A request was answered, and not by a failure of the server; 503 says that it is busy. */
export const isAnswered = (status: number) => status > 0 && (status < 500 || status === 503);

/** More than `most` requests of a round were accepted. */
export function atMost(most: number): NonNullable<Attack['judge']> {
  return (outcomes) => {
    const accepted = outcomes.filter(({ status }) => status > 0 && status < 400).length;
    return accepted > most ? `${accepted} accepted, ${most} may be` : onlyStatuses(isAnswered)(outcomes);
  };
}

/** Some request of a round was rejected because there were too many. */
export const isCounted: NonNullable<Attack['judge']> = (outcomes) =>
  outcomes.some(({ status }) => status === 429)
    ? onlyStatuses(isAnswered)(outcomes)
    : 'none was rejected with 429';

/** No response is longer than `most` bytes. */
export function noLongerThan(most: number): NonNullable<Attack['judge']> {
  return (outcomes) => {
    const longest = Math.max(...outcomes.map(({ bytes }) => bytes));
    return longest > most
      ? `a response of ${Math.round(longest / KB)} KB, ${Math.round(most / KB)} KB allowed`
      : onlyStatuses(isAnswered)(outcomes);
  };
}
