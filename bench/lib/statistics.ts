/** The minimum, the median and the maximum of measurements. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** Returns the percentile `p` (0 to 1) of `values`, by the nearest rank; `NaN` if there are no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? NaN;
}

/** Returns `NaN` in all fields if there are no values. */
export function spread(values: readonly number[]): Spread {
  return { min: percentile(values, 0), median: percentile(values, 0.5), max: percentile(values, 1) };
}
