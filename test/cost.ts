/**
 * Returns how many times as long `work` takes as `baseline`. It compares the fastest of several alternating runs, so
 * other load on the machine hardly matters.
 */
export function costRatio(work: () => unknown, baseline: () => unknown, runs = 9): number {
  let [ours, theirs] = [Infinity, Infinity];
  for (let run = 0; run < runs; run++) {
    theirs = Math.min(theirs, elapsed(baseline));
    ours = Math.min(ours, elapsed(work));
  }
  return ours / theirs;
}

/** Returns the duration of a call in milliseconds. */
function elapsed(run: () => unknown): number {
  const start = performance.now();
  try {
    run();
  } catch {
    // The cost of a rejection counts too.
  }
  return performance.now() - start;
}
