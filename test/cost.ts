/**
 * Returns how many times as long `work` takes as `calm`, by the fastest of some alternating runs, so that what else the
 * machine does hardly counts.
 */
export function costRatio(work: () => unknown, calm: () => unknown, runs = 9): number {
  let [ours, theirs] = [Infinity, Infinity];
  for (let run = 0; run < runs; run++) {
    theirs = Math.min(theirs, elapsed(calm));
    ours = Math.min(ours, elapsed(work));
  }
  return ours / theirs;
}

/** Milliseconds. */
function elapsed(run: () => unknown): number {
  const start = performance.now();
  try {
    run();
  } catch {
    // A rejection has a cost too, and that is what is measured.
  }
  return performance.now() - start;
}
