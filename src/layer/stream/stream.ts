import { nextSlice } from '../http/turns.ts';

/** How the items of a source become a response body. */
export interface TextStreamOptions<T> {
  encode: (item: T) => string;
  /** Ends the body and the source. */
  signal: AbortSignal;
  /** What a reader sees when `signal` ends the body: a clean end, or a connection that breaks off. */
  whenAborted: 'close' | 'break';
  /** The last text where `signal` ends the body cleanly, `''` for none. */
  aborted?: (reason: unknown) => string;
  /** Sent before the first item, at once. */
  opening?: string;
  /** Sent when the source was silent for `afterMs` milliseconds. */
  heartbeat?: { afterMs: number; text: string };
  /** The last text: after the source has ended, or failed with `failure.error`. Without it a failure breaks off. */
  closing?: (failure?: { error: unknown }) => string;
  /** Told why the source failed where there is no `closing` to be told. */
  onBreak?: (error: unknown) => void;
}

/** What stands for a value that did not come in time. */
export const SILENCE: unique symbol = Symbol('silence');

/**
 * A response body in UTF-8 that takes the next item only when its reader asks for more, and gives the event loop back
 * between items that are there at once. Cancelling it, or aborting `signal`, calls `return()` on the source's iterator and leaves no timer and no listener behind.
 */
export function textStream<T>(
  items: AsyncIterable<T>,
  options: TextStreamOptions<T>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { encode, signal, whenAborted, aborted, opening, heartbeat, closing, onBreak } = options;
  const encoder = new TextEncoder();
  const iterator = items[Symbol.asyncIterator]();
  let heart: NodeJS.Timeout | undefined;
  let open = true;
  let onAbort: () => void = () => undefined;

  function end() {
    open = false;
    clearInterval(heart);
    signal.removeEventListener('abort', onAbort);
  }
  /** For a source that has not ended by itself. Nobody is left to hear that its clean-up failed. */
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
      const beat = encoder.encode(heartbeat.text);
      heart = setInterval(() => {
        // A reader that has not taken what is there would not see it.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(beat);
      }, heartbeat.afterMs);
    },
    async pull(controller) {
      const send = (text: string) => {
        controller.enqueue(encoder.encode(text));
      };
      try {
        await nextSlice();
        const result = await iterator.next();
        if (!open) return;
        if (!result.done) {
          send(encode(result.value));
          heart?.refresh();
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

/** What a promise settles to, or SILENCE when it takes more than `ms` milliseconds; without `ms` there is no limit. */
export async function settledWithin<T>(
  ms: number | undefined,
  promise: Promise<T>,
): Promise<T | typeof SILENCE> {
  if (ms === undefined) return promise;
  const late = Promise.withResolvers<typeof SILENCE>();
  const timer = setTimeout(late.resolve, ms, SILENCE);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
