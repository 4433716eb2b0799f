import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import type { Receiver } from '#server/otlp/receivers';
import { createSender } from '#server/otlp/sender';
import type { EndedSpan } from './tracer.ts';

/** The most spans that wait. Further ones are dropped. */
const MAX_QUEUED = 2048;
/** The most spans in one request. */
const MAX_BATCH = 512;
/** How long spans wait for others, in milliseconds. */
const INTERVAL_MS = 5_000;

export interface Exporter {
  /** Takes a span. It never waits: if too many spans wait, this one is dropped and counted. */
  add: (span: EndedSpan) => void;
  /** Sends what waits, for 3 seconds at most. */
  close: () => Promise<void>;
}

/**
 * Sends spans to a receiver of OTLP, in batches. A batch that is not accepted is lost and counted: traces are samples, and
 * must not fill the memory of a server whose receiver is down.
 */
export function createExporter(
  receiver: Receiver,
  encode: (spans: readonly EndedSpan[]) => string,
  log: Logger,
): Exporter {
  let queue: EndedSpan[] = [];
  let timer: NodeJS.Timeout | undefined;

  const sender = createSender(receiver, 'traces', log, async (send) => {
    while (queue.length > 0 && !sender.isClosed()) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      metrics.spans.add(batch.length, (await send(encode(batch))) ? 'sent' : 'failed');
    }
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    sender.flush();
  }

  return {
    add(span) {
      if (queue.length >= MAX_QUEUED || sender.isClosed()) {
        metrics.spans.add(1, 'dropped');
        return;
      }
      queue.push(span);
      if (queue.length >= MAX_BATCH) flush();
      else timer ??= setTimeout(flush, INTERVAL_MS).unref();
    },
    async close() {
      await sender.close();
      clearTimeout(timer);
      metrics.spans.add(queue.length, 'dropped');
      queue = [];
    },
  };
}
