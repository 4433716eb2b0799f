import type { Env } from './env.ts';
import type { Logger } from './log/index.ts';
import { receiversOf } from './otlp/receivers.ts';

/** What traces are sent of. */
interface Instance {
  env: Env;
  log: Logger;
  instanceId: string;
}

/**
 * Loads what sends traces over OTLP; nothing without a receiver.
 * @returns a function that begins to send. It returns a function that sends the last ones, for 3 seconds at most.
 */
export async function loadTelemetry(env: Env): Promise<(instance: Instance) => () => Promise<void>> {
  const { traces } = receiversOf(env);
  const tracing = traces && (await import('./tracing/start.ts'));
  return (instance) => {
    const end = traces && tracing?.startTracing(traces, instance);
    return async () => end?.();
  };
}
