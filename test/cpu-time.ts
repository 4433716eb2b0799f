import { setImmediate as turn } from 'node:timers/promises';

/** Returns the CPU time of this thread in milliseconds. Unlike elapsed time, it does not depend on other load. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Returns the longest share of the CPU time of `busy` without a turn for other work. @throws what `busy` throws. */
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
