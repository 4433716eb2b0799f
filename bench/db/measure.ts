import { percentile } from '../lib/statistics.ts';

/** The time of a call in microseconds: the median over the rounds of each round's median and 99th percentile. */
export interface Cost {
  median: number;
  p99: number;
}

const WARM_UP = 30;
const CALLS = 500;
/** The time limit of a round, which makes fewer of the slow calls. */
const ROUND_LIMIT_MS = 2_000;
const US_PER_MS = 1000;

async function costOfRound(call: () => Promise<unknown>): Promise<Cost> {
  const times: number[] = [];
  const deadline = performance.now() + ROUND_LIMIT_MS;
  for (let i = 0; i < WARM_UP + CALLS; i++) {
    const started = performance.now();
    await call();
    const ended = performance.now();
    if (i >= WARM_UP || ended > deadline) times.push((ended - started) * US_PER_MS);
    if (ended > deadline) break;
  }
  return { median: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/**
 * Makes calls one after the other, a round of each in turn and in alternating order.
 * @returns the costs in the order of `calls`.
 */
export async function compare(calls: readonly (() => Promise<unknown>)[], rounds: number): Promise<Cost[]> {
  const measured = calls.map((call) => ({ call, costs: [] as Cost[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const each of round % 2 === 0 ? measured.toReversed() : measured) {
      each.costs.push(await costOfRound(each.call));
    }
  }
  return measured.map(({ costs }) => ({
    median: percentile(
      costs.map(({ median }) => median),
      0.5,
    ),
    p99: percentile(
      costs.map(({ p99 }) => p99),
      0.5,
    ),
  }));
}
