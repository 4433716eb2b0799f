import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { programVersion } from '#server/version';
import { PRODUCT } from '#contract/product';
import { encodeSpans } from './encode.ts';
import { createExporter } from './exporter.ts';
import { createSampler } from './sampler.ts';
import { tracing } from './spans.ts';
import { createTracer } from './tracer.ts';

/** Returns the URL for traces below the endpoint. */
const tracesUrl = (endpoint: string): string => `${endpoint.replace(/\/+$/, '')}/v1/traces`;

/**
 * Begins to record and export spans.
 * @param endpoint OTEL_EXPORTER_OTLP_ENDPOINT.
 * @returns a function that sends the last spans and ends it.
 */
export function startTracing(
  endpoint: string,
  { env, log, instanceId }: { env: Env; log: Logger; instanceId: string },
): () => Promise<void> {
  const version = programVersion();
  const source = {
    resource: {
      'service.name': env.OTEL_SERVICE_NAME,
      'service.version': version,
      'service.instance.id': instanceId,
    },
    scope: { name: PRODUCT.slug, version },
  };
  const target = { url: tracesUrl(endpoint), headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? [] };
  for (const result of ['sent', 'failed', 'dropped']) metrics.spans.begin(result);
  const exporter = createExporter(target, (spans) => encodeSpans(spans, source), log);
  const tracer = createTracer(createSampler(env), exporter.add);
  tracing.tracer = tracer;
  return async () => {
    if (tracing.tracer === tracer) tracing.tracer = undefined;
    await exporter.close();
  };
}
