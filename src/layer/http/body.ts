import type { Call } from '../call/call.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { LARGE_BODY_BYTES } from '../limits.ts';
import { checkJson, isHarmless, type JsonLimits } from './json.ts';
import { nextSlice } from './turns.ts';

/** The part of a call that is needed to read its body. */
export type BodyCall = Pick<Call, 'header' | 'request' | 'readBody' | 'countBytes' | 'maxBodyBytes'>;

/** Returns the length that a request declares for its body, in bytes; 0 if it declares none. */
export const declaredLength = (call: Pick<BodyCall, 'header'>): number =>
  Number(call.header('content-length') ?? 0);

/**
 * Counts the bytes that the Content-Length of a request declares.
 * @returns a function to call with the size of each chunk, which counts bytes beyond them.
 */
function startCounting(call: BodyCall): (bytes: number) => void {
  const declared = declaredLength(call);
  let uncounted = -declared;
  call.countBytes(declared);
  return (bytes) => {
    uncounted += bytes;
    if (uncounted <= 0) return;
    call.countBytes(uncounted);
    uncounted = 0;
  };
}

/**
 * Yields the chunks of a request body. If the caller stops early, the rest is read and discarded, because a client
 * whose connection is closed while it is sending cannot read the error. The host limits how much it may still send.
 */
export async function* chunksOf(call: BodyCall): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const count = startCounting(call);
  const reader = call.request.body?.getReader();
  let isWhole = !reader;
  try {
    while (reader) {
      const { done, value } = await reader.read();
      isWhole = done;
      if (done) return;
      count(value.byteLength);
      yield value;
    }
  } finally {
    if (reader && !isWhole) void discard(reader);
  }
}

/** Passes chunks on. @throws the error of `tooLarge`, at the chunk that exceeds `limit` bytes in total. */
export async function* limitBytes<T extends Uint8Array>(
  chunks: AsyncIterable<T>,
  limit: number,
  tooLarge: () => Error,
): AsyncGenerator<T> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    yield chunk;
  }
}

/** Returns chunks as a stream, as they are read. Cancelling it ends their source. */
export function streamOf(
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const result = await chunks.next();
        if (result.done) controller.close();
        else controller.enqueue(result.value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads the rest of a body and discards it. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The connection was lost, so there is nothing left to discard.
  }
}

/** Returns the error for a request body of more than `limit` bytes. */
export const bodyTooLarge = (limit: number): ApiError =>
  new CoreError('PAYLOAD_TOO_LARGE', { detail: `The body must not exceed ${limit} bytes.` });

/**
 * Reads a request body. Several large bodies that arrive at once take turns, because the work that follows, such as
 * parsing, blocks the event loop.
 * @param limit the maximum size in bytes; default: that of the API.
 * @returns the bytes of the body; none if there is no body.
 * @throws {ApiError} PAYLOAD_TOO_LARGE as soon as the body exceeds the limit, CLIENT_CLOSED_REQUEST if the client
 *   disconnects.
 */
export async function readBody(call: BodyCall, limit = call.maxBodyBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (declaredLength(call) > limit) throw bodyTooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const take = (chunk: Uint8Array) => {
    size += chunk.byteLength;
    if (size > limit) throw bodyTooLarge(limit);
    chunks.push(chunk);
  };
  if (call.readBody) {
    const count = startCounting(call);
    await call.readBody((chunk) => {
      count(chunk.byteLength);
      take(chunk);
    });
  } else for await (const chunk of chunksOf(call)) take(chunk);
  if (size >= LARGE_BODY_BYTES) await nextSlice();
  return joined(chunks, size);
}

/** Returns chunks as one. @param size the sum of their sizes, in bytes. */
export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a body. @throws {ApiError} BAD_REQUEST if the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The body is not valid UTF-8.', cause });
  }
}

/**
 * Parses JSON from a client, within limits. The cost grows only with its size in bytes.
 * @param source text, or bytes in UTF-8.
 * @param limits the maximum number of values; default: MAX_JSON_VALUES, 10,000.
 * @throws {ApiError} MALFORMED_JSON; BAD_REQUEST if it has too many values, nests more than 64 levels deep or has a key
 *   `__proto__`.
 */
export const parseJson = (source: string | Uint8Array, limits?: JsonLimits): unknown =>
  parseCounted(source, limits).json;

/** Parses JSON like `parseJson`, and also returns the number of its values, or for a short text at least that number. */
export function parseCounted(
  source: string | Uint8Array,
  limits?: JsonLimits,
): { json: unknown; values: number } {
  let text: string;
  try {
    text = typeof source === 'string' ? source : utf8.decode(source);
  } catch (cause) {
    throw new CoreError('MALFORMED_JSON', { detail: 'The body is not valid UTF-8.', cause });
  }
  const values = isHarmless(text, limits) ? text.length : checkJson(text, limits);
  try {
    return { json: JSON.parse(text), values };
  } catch (cause) {
    const detail = cause instanceof Error ? `The body is not valid JSON: ${cause.message.slice(0, 200)}` : '';
    throw new CoreError('MALFORMED_JSON', { detail, cause });
  }
}

/** Returns the media type of the Content-Type header in lower case, without parameters; `''` if there is none. */
export function mediaType(call: Pick<BodyCall, 'header'>): string {
  return (call.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** True if a media type is JSON, such as `application/merge-patch+json`. */
export const isJsonType = (type: string): boolean => /^application\/([\w.-]+\+)?json$/.test(type);
