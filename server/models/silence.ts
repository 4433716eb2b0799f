import { AppError } from '#server/errors';

/** A signal that aborts with MODEL_TIMEOUT once the clock has run `seconds` without a stop. */
function silenceClock(seconds: number) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expire = () => {
    controller.abort(
      new AppError('MODEL_TIMEOUT', { detail: `The model provider was silent for ${seconds} s.` }),
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

/**
 * A `fetch` that gives up on a silent server: no response headers, no first chunk of the body or no next chunk
 * within `seconds`. Only waiting for the server counts; a reader that takes its time does not.
 * The returned fetch and the body it answers with fail with MODEL_TIMEOUT, and the connection is closed.
 */
export function fetchWithSilenceLimit(seconds: number): typeof fetch {
  return async (input, init) => {
    const clock = silenceClock(seconds);
    const signal = init?.signal ? AbortSignal.any([init.signal, clock.signal]) : clock.signal;
    const response = await clock.time(() => fetch(input, { ...init, signal }));
    if (!response.body) return response;
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await clock.time(() => reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    return new Response(body, response);
  };
}
