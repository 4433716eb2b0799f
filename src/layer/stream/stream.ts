import { nextSlice } from '../http/turns.ts';

/** The options of `textStream`. */
export interface TextStreamOptions<T> {
  /** Returns the text of an item. */
  encode: (item: T) => string;
  /** Ends the body and the source. */
  signal: AbortSignal;
  /** How the client sees that `signal` ended the body: as a clean end, or as a broken connection. */
  whenAborted: 'close' | 'break';
  /** Returns the last text if `signal` ends the body cleanly; `''` for none. */
  aborted?: (reason: unknown) => string;
  /** The text that is sent at once, before the first item. */
  opening?: string;
  /** The text that is sent after `afterMs` milliseconds without an item. */
  heartbeat?: { afterMs: number; text: string };
  /**
   * Returns the last text, after the source has ended or failed with `failure.error`; `''` for none. Without it, a
   * failure breaks the body.
   */
  closing?: (failure?: { error: unknown }) => string;
  /** Called with the error of a source that failed, if there is no `closing`. */
  onBreak?: (error: unknown) => void;
}

/** Stands for the value of a promise that has not settled in time. */
export const TIMED_OUT: unique symbol = Symbol('timed out');

/**
 * Creates a response body in UTF-8. It takes the next item only when its client reads on, and gives the event loop back
 * between items that are available at once. Cancelling it, or aborting `signal`, calls `return()` on the source's
 * iterator and leaves no timer and no listener behind.
 */
export function textStream<T>(
  items: AsyncIterable<T>,
  options: TextStreamOptions<T>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { encode, signal, whenAborted, aborted, opening, heartbeat, closing, onBreak } = options;
  const encoder = new TextEncoder();
  const iterator = items[Symbol.asyncIterator]();
  let heart: ReturnType<typeof setTimeout> | undefined;
  let sentAt = performance.now();
  let open = true;
  let onAbort: () => void = () => undefined;

  function end() {
    open = false;
    clearTimeout(heart);
    signal.removeEventListener('abort', onAbort);
  }
  /** Ends a source that has not ended by itself. An error of its cleanup has no reader left, so it is ignored. */
  function release() {
    end();
    iterator.return?.().catch(() => undefined);
  }

  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      onAbort = () => {
        release();
        if (whenAborted === 'break') {
          controller.error(signal.reason);
          return;
        }
        const last = aborted?.(signal.reason) ?? '';
        if (last !== '') controller.enqueue(encoder.encode(last));
        controller.close();
      };
      if (opening) controller.enqueue(encoder.encode(opening));
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      if (!heartbeat) return;
      const { afterMs } = heartbeat;
      const text = encoder.encode(heartbeat.text);
      const beat = () => {
        const silentMs = performance.now() - sentAt;
        if (silentMs < afterMs) {
          heart = setTimeout(beat, afterMs - silentMs);
          return;
        }
        sentAt = performance.now();
        heart = setTimeout(beat, afterMs);
        // A client that has not read the earlier text would not see it.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(text);
      };
      heart = setTimeout(beat, afterMs);
    },
    async pull(controller) {
      const send = (text: string) => {
        if (text !== '') controller.enqueue(encoder.encode(text));
      };
      try {
        await nextSlice('small');
        const result = await iterator.next();
        if (!open) return;
        if (!result.done) {
          send(encode(result.value));
          sentAt = performance.now();
          return;
        }
        end();
        if (closing) send(closing());
        controller.close();
      } catch (error) {
        if (!open) return;
        release();
        if (!closing) {
          onBreak?.(error);
          controller.error(error);
          return;
        }
        send(closing({ error }));
        controller.close();
      }
    },
    cancel: release,
  });
}

/** Settles as a promise does, or returns TIMED_OUT after `ms` milliseconds; without `ms` there is no limit. */
export async function settledWithin<T>(
  ms: number | undefined,
  promise: Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  if (ms === undefined) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(resolve, ms, TIMED_OUT);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
