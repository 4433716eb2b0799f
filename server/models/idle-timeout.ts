import { AppError } from '#server/errors';
import { MAX_RESPONSE_BYTES } from '#server/limits';
import { collectEvents, type Source } from './events.ts';
import { currentPace } from './pace.ts';

/** Returns a clock whose signal aborts with MODEL_TIMEOUT after it has run for `seconds` without a stop. */
function idleClock(seconds: number) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expire = () => {
    controller.abort(
      new AppError('MODEL_TIMEOUT', { detail: `The model provider sent nothing for ${seconds} s.` }),
    );
  };
  return {
    signal: controller.signal,
    /** Waits for `work` with the clock running. */
    async time<T>(work: () => Promise<T>): Promise<T> {
      timer = setTimeout(expire, seconds * 1000);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The maximum that a reader holds in memory, in bytes: an event of a stream, or a whole body. Images fit. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * Fails with MODEL_BAD_RESPONSE if the reader of a response would have to hold more than MAX_HELD_BYTES, or has read
 * more than MAX_RESPONSE_BYTES. The limits of an answer do not cover this, because events may add nothing to it.
 */
function countBytes(isStream: boolean) {
  let held = 0;
  let read = 0;
  return (chunk: Uint8Array): void => {
    const lineEnd = isStream ? chunk.lastIndexOf(LINE_FEED) : -1;
    held = lineEnd === -1 ? held + chunk.length : chunk.length - lineEnd - 1;
    read += chunk.length;
    if (held > MAX_HELD_BYTES) throw tooLarge(`${MAX_HELD_BYTES} bytes at once`);
    if (read > MAX_RESPONSE_BYTES) throw tooLarge(`${MAX_RESPONSE_BYTES} bytes`);
  };
}

const tooLarge = (limit: string) =>
  new AppError('MODEL_BAD_RESPONSE', { detail: `The model provider sent more than ${limit}.` });

/**
 * Returns a `fetch` with an idle timeout: it gives up if the server sends no response headers, no first chunk of the
 * body or no next chunk within `seconds`. Only the time of waiting for the server counts, not a slow reader.
 *
 * The returned fetch and its response body fail with MODEL_TIMEOUT, and the connection is closed. The body fails with
 * MODEL_BAD_RESPONSE if one event of a stream, or a body that is no stream, exceeds 16 MB, or a whole stream 128 MB.
 */
export function fetchWithIdleTimeout(seconds: number): typeof fetch {
  return async (input, init) => {
    const clock = idleClock(seconds);
    const signal = init?.signal ? AbortSignal.any([init.signal, clock.signal]) : clock.signal;
    const response = await clock.time(() => fetch(input, { ...init, signal }));
    if (!response.body) return response;
    const reader = response.body.getReader();
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    const count = countBytes(isStream);
    const source = {
      async read(): Promise<Uint8Array | undefined> {
        const { value } = await clock.time(() => reader.read());
        try {
          if (value) count(value);
        } catch (error) {
          await reader.cancel(error);
          throw error;
        }
        return value;
      },
      cancel: (reason: unknown) => reader.cancel(reason),
    };
    const pace = isStream ? currentPace() : undefined;
    return new Response(pace ? collectEvents(source, pace) : streamOf(source), response);
  };
}

function streamOf({ read, cancel }: Source): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await read();
        if (bytes) controller.enqueue(bytes);
        else controller.close();
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
}
