import { isTrackedEnvelope } from '@trpc/server';
import type { HeaderList } from '../call/header-list.ts';
import { toJson } from '../encode/json.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { problemDocument } from '../errors/problem.ts';
import { HEARTBEAT_MS } from '../limits.ts';
import { isAsyncIterable } from '../stream/iterable.ts';
import { type SseEvent, sseResponse } from '../stream/sse.ts';
import { settledWithin, textStream } from '../stream/stream.ts';

/** How long an event stream waits for its first event before it answers without one, in milliseconds. */
const FIRST_EVENT_MS = 500;

/** What a streamed answer needs to know of its call. */
export interface StreamCall {
  requestId: string;
  errors: Errors;
  /** Ends the answer. */
  signal: AbortSignal;
  /** Called when the reader went away, to stop the work behind the answer. */
  stop: () => void;
  headers: HeaderList;
  /** Told what went wrong after the status was sent. */
  onError: (error: ApiError) => void;
}

/**
 * Answers with what a subscription yields, one server-sent event each; `tracked()` values carry their id. After the
 * last comes `event: done`, after a failure `event: error` with the problem document: a reader that sees neither
 * was cut off and should come back with `Last-Event-ID`.
 * @throws what the subscription throws before its first event, in the first half second.
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

/** The media type of lines of JSON (https://github.com/ndjson/ndjson-spec). */
export const LINES_TYPE = 'application/x-ndjson';

/**
 * Answers with the same events as `eventsResponse`, a line of JSON each: `{"id":"1","data":…}`, and at the end
 * `{"event":"done"}` or `{"event":"error","data":…}`. `{"event":"open"}` goes first, and `{"event":"heartbeat"}` keeps
 * a silent connection open.
 * @throws what the subscription throws before its first event, in the first half second.
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
    closing: (failure) => toLine(lastEvent(call, failure)),
  });
  call.headers.set('content-type', LINES_TYPE);
  call.headers.set('cache-control', 'no-cache, no-transform');
  call.headers.set('x-accel-buffering', 'no');
  return new Response(body, { headers: [...call.headers] });
}

/** What tells a reader that it was not cut off. */
function lastEvent(call: StreamCall, failure: { error: unknown } | undefined): SseEvent {
  if (!failure) return { event: 'done', data: '{}' };
  const error = call.errors.toError(failure.error);
  call.onError(error);
  return { event: 'error', data: JSON.stringify(problemDocument(call.errors, error, call.requestId)) };
}

/** An event as a line; its data is JSON already. */
function toLine({ id, event, data }: SseEvent): string {
  const field = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`"${name}":${JSON.stringify(value)}`];
  return `{${[...field('id', id), ...field('event', event), `"data":${data}`].join(',')}}\n`;
}

/**
 * Answers with the pieces of one document as they come. When a piece fails the connection breaks off, so that half
 * a document is never taken for a whole one.
 * @param mediaType the type of the document the pieces make.
 * @throws what the procedure throws before its first piece.
 */
export async function piecesResponse(
  values: unknown,
  mediaType: string,
  call: StreamCall,
): Promise<Response> {
  const pieces = await started(asyncItems(values), { map: toText, stop: call.stop });
  const body = textStream(pieces, {
    encode: (piece) => piece,
    signal: call.signal,
    whenAborted: 'break',
    onBreak: (error) => call.onError(call.errors.toError(error)),
  });
  call.headers.set('content-type', mediaType);
  return new Response(body, { headers: [...call.headers] });
}

function toEvent(value: unknown): SseEvent {
  if (!isTrackedEnvelope(value)) return { data: toJson(value) };
  const [id, data] = value;
  return { id, data: toJson(data) };
}

function toText(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  throw new TypeError('A document is streamed in strings.');
}

function asyncItems(values: unknown): AsyncIterable<unknown> {
  if (isAsyncIterable(values)) return values;
  throw new TypeError('A streamed procedure must give an async iterable.');
}

interface StartOptions<T, U> {
  map: (item: T) => U;
  /** Called when the consumer ends the iteration early. */
  stop: () => void;
  /** How long to wait for the first item, in milliseconds; as long as it takes when absent. */
  limitMs?: number;
}

/** Takes the first item of a source before anyone asked, so that a failure up to there is thrown here. */
async function started<T, U>(
  items: AsyncIterable<T>,
  options: StartOptions<T, U>,
): Promise<AsyncIterable<U>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  await settledWithin(options.limitMs, first).catch((error: unknown) => {
    // A reader that comes back for what is not kept gets an event, which ends its client's attempts.
    if (!(error instanceof ApiError && error.kind === 'STREAM_GONE')) throw error;
  });
  let waiting: Promise<IteratorResult<T>> | undefined = first;
  return {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<U>> {
        const taking = waiting ?? iterator.next();
        waiting = undefined;
        const taken = await taking;
        return taken.done
          ? { done: true, value: undefined }
          : { done: false, value: options.map(taken.value) };
      },
      async return(): Promise<IteratorResult<U>> {
        options.stop();
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
