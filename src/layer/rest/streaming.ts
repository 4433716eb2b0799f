import type { HeaderList } from '../call/header-list.ts';
import { toJson } from '../encode/json.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { problemDocument } from '../errors/problem.ts';
import { HEARTBEAT_MS } from '../limits.ts';
import { isAbortError } from '../stream/abort-error.ts';
import { isAsyncIterable } from '../stream/iterable.ts';
import { type SseEvent, sseResponse } from '../stream/sse.ts';
import { settledWithin, textStream } from '../stream/stream.ts';
import { isTracked } from '../stream/tracked.ts';

/** The time that an event stream waits for its first event before it sends its headers, in milliseconds. */
const FIRST_EVENT_MS = 500;

/** The parts of a call that a streamed response needs. */
export interface StreamCall {
  /** The id of the request. */
  requestId: string;
  /** The errors of the API. */
  errors: Errors;
  /** Ends the response. */
  signal: AbortSignal;
  /** Called when the client has disconnected, to stop the procedure. */
  stop: () => void;
  /** The headers of the response. */
  headers: HeaderList;
  /** Called with an error that occurred after the status was sent. */
  onError: (error: ApiError) => void;
}

/**
 * Returns a response with a server-sent event for each value of a subscription; `tracked()` values have an id. The
 * stream ends with `event: done`, or after a failure with `event: error` and the problem document. A client that sees
 * neither should reconnect with `Last-Event-ID`: it was disconnected, or the subscription has thrown an AbortError.
 * @throws the error of the subscription, if it fails before its first event and in the first half second.
 */
export async function eventsResponse(values: unknown, call: StreamCall): Promise<Response> {
  const events = await started(asyncItems(values), {
    map: toEvent,
    stop: call.stop,
    limitMs: FIRST_EVENT_MS,
  });
  return sseResponse(events, {
    signal: call.signal,
    heartbeatMs: HEARTBEAT_MS,
    headers: [...call.headers],
    closing: (failure) => lastEvent(call, failure),
  });
}

/** The media type of newline-delimited JSON (https://github.com/ndjson/ndjson-spec). */
export const LINES_TYPE = 'application/x-ndjson';

/**
 * Returns a response with the same events as `eventsResponse`, each a line of JSON: `{"id":"1","data":…}`, and at the
 * end `{"event":"done","data":{}}` or `{"event":"error","data":…}`. The first line is `{"event":"open"}`.
 * `{"event":"heartbeat"}` keeps an idle connection open.
 * @throws the error of the subscription, if it fails before its first event and in the first half second.
 */
export async function linesResponse(values: unknown, call: StreamCall): Promise<Response> {
  const events = await started(asyncItems(values), {
    map: toEvent,
    stop: call.stop,
    limitMs: FIRST_EVENT_MS,
  });
  const body = textStream(events, {
    encode: toLine,
    signal: call.signal,
    whenAborted: 'close',
    opening: '{"event":"open"}\n',
    heartbeat: { afterMs: HEARTBEAT_MS, text: '{"event":"heartbeat"}\n' },
    closing(failure) {
      const event = lastEvent(call, failure);
      return event ? toLine(event) : '';
    },
  });
  call.headers.set('content-type', LINES_TYPE);
  call.headers.set('cache-control', 'no-cache, no-transform');
  call.headers.set('x-accel-buffering', 'no');
  return new Response(body, { headers: [...call.headers] });
}

/** Returns the last event, by which a client knows that it should not reconnect; undefined if it should. */
function lastEvent(call: StreamCall, failure: { error: unknown } | undefined): SseEvent | undefined {
  if (!failure) return { event: 'done', data: '{}' };
  if (isAbortError(failure.error)) return undefined;
  const error = call.errors.toError(failure.error);
  call.onError(error);
  return { event: 'error', data: JSON.stringify(problemDocument(call.errors, error, call.requestId)) };
}

/** Returns an event as a line. Its data is already JSON. */
function toLine({ id, event, data }: SseEvent): string {
  const field = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`"${name}":${JSON.stringify(value)}`];
  return `{${[...field('id', id), ...field('event', event), `"data":${data}`].join(',')}}\n`;
}

/**
 * Returns a response that streams one document in chunks. If a chunk fails, the connection breaks, so a client never
 * takes a part of the document for the whole.
 * @param mediaType the type of the whole document.
 * @throws the error of the procedure, if it fails before its first chunk.
 */
export async function chunkedResponse(
  values: unknown,
  mediaType: string,
  call: StreamCall,
): Promise<Response> {
  const chunks = await started(asyncItems(values), { map: toText, stop: call.stop });
  const body = textStream(chunks, {
    encode: (chunk) => chunk,
    signal: call.signal,
    whenAborted: 'break',
    onBreak: (error) => call.onError(call.errors.toError(error)),
  });
  call.headers.set('content-type', mediaType);
  return new Response(body, { headers: [...call.headers] });
}

function toEvent(value: unknown): SseEvent {
  if (!isTracked(value)) return { data: toJson(value) };
  const [id, data] = value;
  return { id, data: toJson(data) };
}

function toText(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  throw new TypeError('The chunks of a streamed document must be strings.');
}

function asyncItems(values: unknown): AsyncIterable<unknown> {
  if (isAsyncIterable(values)) return values;
  throw new TypeError('A streamed procedure must return an async iterable.');
}

interface StartOptions<T, U> {
  map: (item: T) => U;
  /** Called when the consumer ends the iteration early. */
  stop: () => void;
  /** The time to wait for the first item, in milliseconds; without it, there is no limit. */
  limitMs?: number;
}

/** Takes the first item of a source at once, so an error before it is thrown here and can set the status. */
async function started<T, U>(
  items: AsyncIterable<T>,
  options: StartOptions<T, U>,
): Promise<AsyncIterable<U>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  await settledWithin(options.limitMs, first).catch((error: unknown) => {
    // STREAM_GONE is sent as an event, because it makes clients stop reconnecting. An AbortError makes them reconnect.
    if (!(error instanceof ApiError && error.kind === 'STREAM_GONE') && !isAbortError(error)) throw error;
  });
  let pending: Promise<IteratorResult<T>> | undefined = first;
  return {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<U>> {
        const next = pending ?? iterator.next();
        pending = undefined;
        const result = await next;
        return result.done
          ? { done: true, value: undefined }
          : { done: false, value: options.map(result.value) };
      },
      async return(): Promise<IteratorResult<U>> {
        options.stop();
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
