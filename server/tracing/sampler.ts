import type { Env } from '#server/env';

/** Decides whether a trace is exported. @param isWanted the decision of a trusted caller, if there is one. */
export type Sampler = (traceId: string, isWanted: boolean | undefined) => boolean;

/** The random part of a trace id (https://www.w3.org/TR/trace-context-2/): its last 56 bits. */
const RANDOM_DIGITS = 14;
const RANGE = 16 ** RANDOM_DIGITS;

/** Creates the sampler of OTEL_TRACES_SAMPLER. Without `parentbased_`, it takes no decision of a caller. */
export function createSampler({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: Pick<Env, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>): Sampler {
  const share = name.endsWith('always_off') ? 0 : name.endsWith('always_on') ? 1 : ratio;
  const own = (traceId: string): boolean =>
    share >= 1 || (share > 0 && Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) < share * RANGE);
  const isParentBased = name.startsWith('parentbased_');
  return (traceId, isWanted) => (isParentBased ? isWanted : undefined) ?? own(traceId);
}
