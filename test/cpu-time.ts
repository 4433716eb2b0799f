import { setImmediate as turn } from 'node:timers/promises';

/** Returns the CPU time of this thread in milliseconds: unlike the time on a clock, a busy machine does not change it. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Returns the longest share of the CPU time of `busy` in which nothing else could run. @throws what `busy` rejects with. */
export async function longestShare(busy: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  void busy.finally(() => {
    ended.abort();
  });
  let longest = 0;
  const started = cpuTime();
  let last = started;
  while (!ended.signal.aborted) {
    await turn();
    longest = Math.max(longest, cpuTime() - last);
    last = cpuTime();
  }
  await busy;
  return longest / (last - started);
}
