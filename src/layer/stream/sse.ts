import { textStream } from './stream.ts';

/** One server-sent event; `id` and `event` are single lines. */
export interface SseEvent {
  id?: string;
  event?: string;
  data: string;
}

/** How an event stream is kept open and ended. */
export interface SseOptions {
  /** Ends the stream and its source; the reader sees a clean end and may reconnect. */
  signal: AbortSignal;
  /** The pause after which a comment keeps the connection open, in milliseconds. */
  heartbeatMs: number;
  headers?: HeadersInit;
  /**
   * The event that ends the stream: after the source has ended, or failed with `failure.error`.
   * Without it a failure breaks the connection off.
   */
  closing?: (failure?: { error: unknown }) => SseEvent;
  /** The event that goes last where `signal` ends the stream; `undefined` for none. */
  aborted?: (reason: unknown) => SseEvent | undefined;
}

/**
 * Answers with server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A comment goes
 * first, so the reader sees the connection open before there is an event. The next event is taken when the
 * reader asks for more; when it goes away, `return()` is called on the iterator of `events`.
 */
export function sseResponse(events: AsyncIterable<SseEvent>, options: SseOptions): Response {
  const { signal, heartbeatMs, closing, aborted } = options;
  const headers = new Headers(options.headers);
  headers.set('content-type', 'text/event-stream');
  headers.set('cache-control', 'no-cache, no-transform');
  headers.set('x-accel-buffering', 'no');
  const body = textStream(events, {
    encode: sseText,
    signal,
    whenAborted: 'close',
    opening: ': open\n\n',
    heartbeat: { afterMs: heartbeatMs, text: ': heartbeat\n\n' },
    ...(closing && { closing: (failure) => sseText(closing(failure)) }),
    ...(aborted && {
      aborted(reason) {
        const event = aborted(reason);
        return event ? sseText(event) : '';
      },
    }),
  });
  return new Response(body, { headers });
}

/** The lines of one event. @throws {TypeError} for an id or event name that is more than one line. */
export function sseText({ id, event, data }: SseEvent): string {
  const field = (name: string, value: string) => {
    if (/[\r\n\0]/.test(value)) throw new TypeError(`The ${name} of an event must be a single line.`);
    return `${name}: ${value}\n`;
  };
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return [id === undefined ? '' : field('id', id), event ? field('event', event) : '', ...lines, '\n'].join(
    '',
  );
}
