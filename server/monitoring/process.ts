import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { metrics } from '#server/metrics/instruments';
import { OTHER } from '#server/metrics/series';

/** How often the delay of the event loop is measured, in milliseconds. Node.js includes this time in each value. */
const RESOLUTION_MS = 10;
const NANO = 1e9;
const MICRO = 1e6;

const GC_KINDS = new Map<unknown, string>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** The outputs of metrics. Each has the delay of the event loop since it was last read for that output. */
export type Output = 'prometheus' | 'otlp';

function observeCollections(): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const detail: unknown = Reflect.get(entry, 'detail');
      const kind: unknown =
        typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'kind') : null;
      metrics.gc.observe(entry.duration / 1000, GC_KINDS.get(kind) ?? OTHER);
    }
  }).observe({ entryTypes: ['gc'] });
}

function createReader(): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const lagOf = (nanoseconds: number) => Math.max(0, nanoseconds / NANO - RESOLUTION_MS / 1000);
  return () => {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    metrics.memory.set(rss);
    metrics.heapUsed.set(heapUsed);
    metrics.heapTotal.set(heapTotal);
    metrics.external.set(external);
    const { user, system } = process.cpuUsage();
    metrics.cpu.setTotal((user + system) / MICRO);
    metrics.lagMedian.set(lagOf(delay.percentile(50)));
    metrics.lag99.set(lagOf(delay.percentile(99)));
    metrics.lagMax.set(lagOf(delay.max));
    delay.reset();
  };
}

declare global {
  /** The measurements of the process, which exist once for each output, also in development. */
  var processReaders: Map<Output, () => void> | undefined;
}

function watchOnce(): Map<Output, () => void> {
  observeCollections();
  metrics.started.set(performance.timeOrigin / 1000);
  return new Map();
}

/**
 * Begins to measure the event loop and the garbage collector of the process.
 * @returns a function that sets the metrics of the process to their current values.
 */
export function watchProcess(output: Output): () => void {
  const readers = (globalThis.processReaders ??= watchOnce());
  const reader = readers.get(output) ?? createReader();
  readers.set(output, reader);
  return reader;
}
