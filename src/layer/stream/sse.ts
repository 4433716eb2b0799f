import { textStream } from './stream.ts';

/** A server-sent event. */
export interface SseEvent {
  /** The id with which a client resumes, as `Last-Event-ID`; a single line. */
  id?: string;
  /** The name of the event; a single line. Without it, a client gets a `message`. */
  event?: string;
  /** The data, which may have several lines. */
  data: string;
}

/** The options of `sseResponse`. */
export interface SseOptions {
  /** Ends the stream and its source. The client sees a clean end and may reconnect. */
  signal: AbortSignal;
  /** The time without an event after which a comment keeps the connection open, in milliseconds. */
  heartbeatMs: number;
  /** Additional headers of the response. */
  headers?: HeadersInit;
  /**
   * Returns the last event, after the source has ended or failed with `failure.error`; `undefined` for none.
   * Without it, a failure breaks the connection.
   */
  closing?: (failure?: { error: unknown }) => SseEvent | undefined;
  /** Returns the last event if `signal` ends the stream; `undefined` for none. */
  aborted?: (reason: unknown) => SseEvent | undefined;
}

/**
 * Creates a response of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). It starts
 * with a comment, so the client sees an open connection before the first event. It takes the next event when the client
 * reads on. If the client disconnects, it calls `return()` on the iterator of `events`.
 * @throws {TypeError} while streaming, for an event whose id or name is not a single line.
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
    ...(closing && { closing: (failure) => lastText(closing(failure)) }),
    ...(aborted && { aborted: (reason) => lastText(aborted(reason)) }),
  });
  return new Response(body, { headers });
}

const lastText = (event: SseEvent | undefined): string => (event ? sseText(event) : '');

/** Returns the text of an event. @throws {TypeError} for an id or event name that is not a single line. */
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
