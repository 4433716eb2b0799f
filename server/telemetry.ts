import type { Env } from './env.ts';
import type { Logger } from './log/index.ts';
import type { Collector } from './monitoring/collect.ts';
import { receiversOf } from './otlp/receivers.ts';

/** What traces and metrics are sent of. */
interface Instance {
  env: Env;
  log: Logger;
  instanceId: string;
  collector: Collector;
}

/**
 * Loads what sends traces and metrics over OTLP; nothing without a receiver.
 * @returns a function that begins to send. It returns a function that sends the last of both, for 3 seconds at most.
 */
export async function loadTelemetry(env: Env): Promise<(instance: Instance) => () => Promise<void>> {
  const { traces, metrics } = receiversOf(env);
  const [tracing, exporting] = await Promise.all([
    traces && import('./tracing/start.ts'),
    metrics && import('./monitoring/export.ts'),
  ]);
  return (instance) => {
    const ends = [
      traces && tracing?.startTracing(traces, instance),
      metrics && exporting?.startExport(metrics, instance),
    ];
    return async () => {
      await Promise.all(ends.map(async (end) => end?.()));
    };
  };
}
