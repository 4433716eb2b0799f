import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import type { Receiver } from '#server/otlp/receivers';
import { sourceOf } from '#server/otlp/source';
import { encodeSpans } from './encode.ts';
import { createExporter } from './exporter.ts';
import { createSampler } from './sampler.ts';
import { tracing } from './spans.ts';
import { createTracer } from './tracer.ts';

/**
 * Begins to record and export spans.
 * @returns a function that sends the last spans and ends it.
 */
export function startTracing(
  receiver: Receiver,
  { env, log, instanceId }: { env: Env; log: Logger; instanceId: string },
): () => Promise<void> {
  const source = sourceOf(env, instanceId);
  for (const result of ['sent', 'failed', 'dropped']) metrics.spans.begin(result);
  const exporter = createExporter(receiver, (spans) => encodeSpans(spans, source), log);
  const tracer = createTracer(createSampler(env), exporter.add);
  tracing.tracer = tracer;
  return async () => {
    if (tracing.tracer === tracer) tracing.tracer = undefined;
    await exporter.close();
  };
}
