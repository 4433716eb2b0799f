import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import type { EndedSpan } from './tracer.ts';

/** The most spans that wait. Further ones are dropped. */
const MAX_QUEUED = 2048;
/** The most spans in one request. */
const MAX_BATCH = 512;
/** How long spans wait for others, in milliseconds. */
const INTERVAL_MS = 5_000;
/** How long a request may take, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** How long the last requests may take when the process ends, in milliseconds. */
const CLOSE_MS = 3_000;

export interface Exporter {
  /** Takes a span. It never waits: if too many spans wait, this one is dropped and counted. */
  add: (span: EndedSpan) => void;
  /** Sends what waits, for 3 seconds at most. */
  close: () => Promise<void>;
}

interface Target {
  url: string;
  headers: readonly (readonly [string, string])[];
}

/**
 * Sends spans to a receiver of OTLP, in batches, one request at a time. A batch that is not accepted is lost and counted:
 * traces are samples, and must not fill the memory of a server whose receiver is down.
 */
export function createExporter(
  { url, headers }: Target,
  encode: (spans: readonly EndedSpan[]) => string,
  log: Logger,
): Exporter {
  let queue: EndedSpan[] = [];
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const closing = new AbortController();

  async function send(batch: readonly EndedSpan[]): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' },
        body: encode(batch),
        // The headers are secret.
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), closing.signal]),
      });
      await response.body?.cancel();
      if (response.ok) {
        metrics.spans.add(batch.length, 'sent');
        return;
      }
      log.warn({ status: response.status }, 'the receiver of traces rejected them');
    } catch (err) {
      log.warn({ err }, 'failed to send traces');
    }
    metrics.spans.add(batch.length, 'failed');
  }

  async function sendAll(): Promise<void> {
    while (queue.length > 0 && !closing.signal.aborted) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      await send(batch);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    return (sending ??= sendAll().finally(() => {
      sending = undefined;
    }));
  }

  return {
    add(span) {
      if (queue.length >= MAX_QUEUED || closing.signal.aborted) {
        metrics.spans.add(1, 'dropped');
        return;
      }
      queue.push(span);
      if (queue.length >= MAX_BATCH) void flush();
      else timer ??= setTimeout(() => void flush(), INTERVAL_MS).unref();
    },
    async close() {
      const limit = setTimeout(() => {
        closing.abort();
      }, CLOSE_MS);
      // The first one may have begun before the last spans were added.
      await flush();
      await flush();
      clearTimeout(limit);
      closing.abort();
      metrics.spans.add(queue.length, 'dropped');
      queue = [];
    },
  };
}
