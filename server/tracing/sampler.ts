import type { Env } from '#server/env';

/** Decides whether a trace is exported. @param isWanted the decision of a trusted caller, if there is one. */
export type Sampler = (isWanted?: boolean) => boolean;

/**
 * Creates the sampler of OTEL_TRACES_SAMPLER. Without `parentbased_`, it takes no decision of a caller. A ratio is decided
 * before the trace has an id, because most traces then need none. No other program decides by these ids.
 */
export function createSampler({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: Pick<Env, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>): Sampler {
  const share = name.endsWith('always_off') ? 0 : name.endsWith('always_on') ? 1 : ratio;
  const isParentBased = name.startsWith('parentbased_');
  return (isWanted) => (isParentBased ? isWanted : undefined) ?? Math.random() < share;
}
