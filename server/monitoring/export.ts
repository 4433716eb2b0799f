import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { encodeMetrics } from '#server/metrics/otlp';
import type { Receiver } from '#server/otlp/receivers';
import { createSender } from '#server/otlp/sender';
import { sourceOf } from '#server/otlp/source';
import type { Collector } from './collect.ts';

/** How old values of the database may be, in milliseconds. A short interval must not cost more than usual scrapes. */
const MAX_AGE_MS = 10_000;

/**
 * Begins to send all metrics to a receiver of OTLP, every OTEL_METRIC_EXPORT_INTERVAL. An export that is not accepted is
 * lost and counted: the next one has the values since the start of the process again.
 * @returns a function that sends the last values and ends it. They do not need the database.
 */
export function startExport(
  receiver: Receiver,
  { env, log, instanceId, collector }: { env: Env; log: Logger; instanceId: string; collector: Collector },
): () => Promise<void> {
  const source = sourceOf(env, instanceId);
  for (const result of ['sent', 'failed']) metrics.exports.begin(result);
  const collect = collector.begin('otlp');
  let maxAgeMs = MAX_AGE_MS;
  const sender = createSender(receiver, 'metrics', log, async (send) => {
    const body = await collect(maxAgeMs, () => encodeMetrics(metrics.all, source));
    metrics.exports.add(1, (await send(body)) ? 'sent' : 'failed');
  });
  const timer = setInterval(sender.flush, env.OTEL_METRIC_EXPORT_INTERVAL).unref();
  return async () => {
    clearInterval(timer);
    maxAgeMs = Infinity;
    await sender.close();
  };
}
