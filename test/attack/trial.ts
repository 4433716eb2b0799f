import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, LIMITS, type Round } from './attack.ts';
import { peakBytes, resetPeak } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { createFixture } from './fixture.ts';
import type { Seeded } from './seed.ts';
import type { Target } from './target.ts';

/** How long a round may take until the server counts as down. */
const ROUND_LIMIT_MS = 80_000;
/** A freeze that exceeds its limit this many times is not a hiccup of the machine, so it is not measured again. */
const CLEARLY_OVER = 10;
const TRIALS = 5;
/** The pause before the next trial, in which other programs may end. It doubles each time. */
const PAUSE_MS = 500;

/** The result of a round of an attack. */
export interface Measured {
  outcomes: Outcome[];
  /** The longest response time above that of the idle server. */
  freezeMs: number;
  /** The peak of the resident memory; `null` if the server died. */
  residentBytes: number | null;
  aboveIdleBytes: number;
  /** Exceeded limits and other errors. */
  faults: string[];
  /** True if the server has died or has not sent all responses. */
  isDown: boolean;
  /** True if more requests would only be worse. */
  isConclusive: boolean;
  /** The limit of the freeze on this machine, in milliseconds. */
  limitMs: number;
}

async function sendAll(senders: (() => Promise<Outcome>)[], concurrency: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = senders.values();
  async function sendNext(): Promise<void> {
    for (const sendRequest of left) outcomes.push(await sendRequest());
  }
  await Promise.race([
    Promise.all(Array.from({ length: concurrency }, sendNext)),
    pause(ROUND_LIMIT_MS, null, { ref: false }),
  ]);
  return outcomes;
}

/** The time of the work below on the machine for which the limits were chosen, in milliseconds. */
const REFERENCE_MS = 30;
const REFERENCE_TIMES = 7;

/** Returns how much slower than that machine this one is now: 1 if it is not slower, at most 4. */
function slowness(): number {
  const rows = Array.from({ length: 20_000 }, (_, index) => ({
    id: `id-${index}`,
    name: `name ${index}`,
    at: index * 1.5,
    tags: ['a', 'b', `t${index % 7}`],
  }));
  const json = JSON.stringify(rows);
  const times = Array.from({ length: REFERENCE_TIMES }, () => {
    const began = performance.now();
    JSON.stringify(JSON.parse(json));
    return performance.now() - began;
  });
  const median = times.toSorted((a, b) => a - b)[Math.floor(REFERENCE_TIMES / 2)] ?? 0;
  return Math.min(4, Math.max(1, median / REFERENCE_MS));
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);

async function tryOnce(
  attack: Attack,
  { count, concurrency }: Round,
  target: Target,
  seeded: Seeded,
): Promise<Measured> {
  const { server, probe, idleMs, idleBytes } = target;
  const sendRequest = await attack.prepare(createFixture(server.url, seeded));
  resetPeak(server.pid);
  await probe.take();
  const senders = Array.from({ length: count }, (_, index) => () => sendRequest(index));
  const outcomes = await sendAll(senders, concurrency);
  if (attack.watchMs !== undefined) await pause(attack.watchMs);
  const figures = await probe.take();
  const residentBytes = peakBytes(server.pid);
  const freezeMs = Math.max(0, figures.longestMs - idleMs);
  const aboveIdleBytes = Math.max(0, (residentBytes ?? 0) - idleBytes);
  const faults: string[] = [];
  const ownMs = concurrency === 1 && count === 1 ? LIMITS.freezeAloneMs : LIMITS.freezeMs;
  const limitMs = freezeMs > ownMs ? Math.round(ownMs * slowness()) : ownMs;
  if (residentBytes === null) faults.push('the server died');
  else if (outcomes.length < count) faults.push(`${count - outcomes.length} did not end`);
  if (figures.failures > 0 && residentBytes !== null) faults.push(`${figures.failures} health checks failed`);
  if (freezeMs > limitMs) faults.push(`freeze over ${limitMs} ms`);
  if (aboveIdleBytes > LIMITS.residentAboveIdleBytes)
    faults.push(`memory over ${mb(LIMITS.residentAboveIdleBytes)} MB`);
  if ((residentBytes ?? 0) > LIMITS.residentBytes)
    faults.push(`resident over ${mb(LIMITS.residentBytes)} MB`);
  const { rejectionBytes = LIMITS.rejectionBytes, judge } = attack;
  const longest = Math.max(0, ...outcomes.filter(({ status }) => status >= 400).map(({ bytes }) => bytes));
  if (longest > rejectionBytes) faults.push(`a rejection of ${longest} bytes`);
  const judgement = residentBytes === null ? null : judge(outcomes);
  if (judgement !== null) faults.push(judgement);
  const isDown = residentBytes === null || outcomes.length < count;
  const isConclusive = isDown || freezeMs > CLEARLY_OVER * limitMs;
  return { outcomes, freezeMs, residentBytes, aboveIdleBytes, faults, isDown, isConclusive, limitMs };
}

/**
 * Runs a round of an attack, up to five times if the freeze is slightly over its limit: the server itself freezes every
 * time, but a hiccup of the machine does not repeat.
 * @returns the trial with the shortest freeze.
 */
export async function runRound(
  attack: Attack,
  round: Round,
  target: Target,
  seeded: Seeded,
): Promise<Measured> {
  let best = await tryOnce(attack, round, target, seeded);
  for (let trial = 1; trial < TRIALS; trial++) {
    if (best.isConclusive || best.freezeMs <= best.limitMs) break;
    await pause(PAUSE_MS * 2 ** trial);
    const next = await tryOnce(attack, round, target, seeded);
    if (next.isDown || next.freezeMs < best.freezeMs) best = next;
  }
  return best;
}
