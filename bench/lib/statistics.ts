/** The smallest, the middle and the largest of some measurements. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** The value below which the share `p` (0 to 1) of `values` lies, by the nearest rank; `NaN` when there are none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? NaN;
}

/** @returns `NaN` throughout when there are no values. */
export function spread(values: readonly number[]): Spread {
  return { min: percentile(values, 0), median: percentile(values, 0.5), max: percentile(values, 1) };
}
