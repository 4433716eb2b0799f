import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, LIMITS, type Round } from './attack.ts';
import { peakBytes, resetPeak } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { setScene } from './scene.ts';
import type { Seeded } from './seed.ts';
import type { Target } from './target.ts';

/** How long a round may take until the server counts as brought down. */
const ROUND_LIMIT_MS = 80_000;
/** A freeze this many times over its limit is no hiccup of the machine: it is not measured again. */
const CLEARLY_OVER = 10;
const TRIALS = 5;
/** The pause before the next trial, in which other programs may come to an end; it doubles each time. */
const PAUSE_MS = 500;

/** What a round of an attack did. */
export interface Measured {
  outcomes: Outcome[];
  /** Above the longest response time of the calm server. */
  freezeMs: number;
  /** At the peak; `null` when the server died. */
  residentBytes: number | null;
  aboveCalmBytes: number;
  /** What is over its limit, or wrong. */
  faults: string[];
  /** Whether the server still works on something, or is gone. */
  isDown: boolean;
  /** Whether more of the same would only be worse. */
  isClear: boolean;
}

async function shootAll(shots: (() => Promise<Outcome>)[], atOnce: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = shots.values();
  async function shoot(): Promise<void> {
    for (const shot of left) outcomes.push(await shot());
  }
  await Promise.race([
    Promise.all(Array.from({ length: atOnce }, shoot)),
    pause(ROUND_LIMIT_MS, null, { ref: false }),
  ]);
  return outcomes;
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);

async function tryOnce(
  attack: Attack,
  { count, atOnce }: Round,
  target: Target,
  seeded: Seeded,
): Promise<Measured> {
  const { server, probe, calmMs, calmBytes } = target;
  const shot = await attack.prepare(setScene(server.url, seeded));
  resetPeak(server.pid);
  await probe.take();
  const shots = Array.from({ length: count }, (_, index) => () => shot(index));
  const outcomes = await shootAll(shots, atOnce);
  if (attack.watchMs !== undefined) await pause(attack.watchMs);
  const seen = await probe.take();
  const residentBytes = peakBytes(server.pid);
  const freezeMs = Math.max(0, seen.longestMs - calmMs);
  const aboveCalmBytes = Math.max(0, (residentBytes ?? 0) - calmBytes);
  const faults: string[] = [];
  const limitMs = atOnce === 1 && count === 1 ? LIMITS.freezeAloneMs : LIMITS.freezeMs;
  if (residentBytes === null) faults.push('the server died');
  else if (outcomes.length < count) faults.push(`${count - outcomes.length} without an end`);
  if (seen.failures > 0 && residentBytes !== null) faults.push(`${seen.failures} health checks failed`);
  if (freezeMs > limitMs) faults.push(`freeze over ${limitMs} ms`);
  if (aboveCalmBytes > LIMITS.residentAboveCalmBytes)
    faults.push(`memory over ${mb(LIMITS.residentAboveCalmBytes)} MB`);
  if ((residentBytes ?? 0) > LIMITS.residentBytes)
    faults.push(`resident over ${mb(LIMITS.residentBytes)} MB`);
  const { rejectionBytes = LIMITS.rejectionBytes, judge } = attack;
  const longest = Math.max(0, ...outcomes.filter(({ status }) => status >= 400).map(({ bytes }) => bytes));
  if (longest > rejectionBytes) faults.push(`a rejection of ${longest} bytes`);
  const judgement = residentBytes === null ? null : judge(outcomes);
  if (judgement !== null) faults.push(judgement);
  const isDown = residentBytes === null || outcomes.length < count;
  const isClear = isDown || freezeMs > CLEARLY_OVER * limitMs;
  return { outcomes, freezeMs, residentBytes, aboveCalmBytes, faults, isDown, isClear };
}

/**
 * Makes an attack, up to five times where the freeze is somewhat over its limit: what the server does itself it does
 * every time, while a hiccup of the machine does not come back.
 * @returns the trial with the shortest freeze.
 */
export async function runRound(
  attack: Attack,
  round: Round,
  target: Target,
  seeded: Seeded,
): Promise<Measured> {
  let best = await tryOnce(attack, round, target, seeded);
  const limit = round.count === 1 ? LIMITS.freezeAloneMs : LIMITS.freezeMs;
  for (let trial = 1; trial < TRIALS; trial++) {
    if (best.isClear || best.freezeMs <= limit) break;
    await pause(PAUSE_MS * 2 ** trial);
    const next = await tryOnce(attack, round, target, seeded);
    if (next.isDown || next.freezeMs < best.freezeMs) best = next;
  }
  return best;
}
