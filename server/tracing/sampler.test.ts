import { expect, test } from '@jest/globals';
import { createSampler } from './sampler.ts';

const DRAWS = 20_000;
/** Six standard deviations of the share, so that chance does not fail the test. */
const MARGIN = 6 * Math.sqrt((0.25 * 0.75) / DRAWS);

/** Returns the share of traces that are exported. */
function shareOf(
  name: Parameters<typeof createSampler>[0]['OTEL_TRACES_SAMPLER'],
  isWanted?: boolean,
): number {
  const sample = createSampler({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: 0.25 });
  return Array.from({ length: DRAWS }, () => sample(isWanted)).filter(Boolean).length / DRAWS;
}

test.each([
  ['always_on', 1],
  ['always_off', 0],
  ['traceidratio', 0.25],
] as const)('%s exports %d of the traces, and a caller decides only with parentbased_', (name, share) => {
  const near = (found: number) => {
    expect(Math.abs(found - share)).toBeLessThan(MARGIN);
  };
  for (const isWanted of [undefined, true, false]) near(shareOf(name, isWanted));
  near(shareOf(`parentbased_${name}`));
  expect(shareOf(`parentbased_${name}`, true)).toBe(1);
  expect(shareOf(`parentbased_${name}`, false)).toBe(0);
});
