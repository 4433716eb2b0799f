import type { Call } from '../call/call.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { LARGE_BODY_BYTES, MAX_BODY_BYTES } from '../limits.ts';
import { checkJson, type JsonLimits } from './json.ts';
import { nextSlice } from './turns.ts';

/** The part of a call that its body is read by. */
export type BodyCall = Pick<Call, 'header' | 'request' | 'readBody' | 'countBytes'>;

/** Counts the bytes that a request states. @returns a function to call with each chunk, which counts bytes beyond them. */
function beginToCount(call: BodyCall): (bytes: number) => void {
  const stated = Number(call.header('content-length') ?? 0);
  let uncounted = -stated;
  call.countBytes(stated);
  return (bytes) => {
    uncounted += bytes;
    if (uncounted <= 0) return;
    call.countBytes(uncounted);
    uncounted = 0;
  };
}

/**
 * The chunks of a request body. The rest of a body that is not read to its end is discarded: a client whose connection is
 * closed while it sends cannot read the error. The host limits how much may still come.
 */
export async function* chunksOf(call: BodyCall): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const count = beginToCount(call);
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

/** Lets chunks through until they have more than `limit` bytes together; then throws what `tooLarge` returns. */
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

/** Throws the rest of a body away. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The connection broke off; there is nothing more to throw away.
  }
}

/** The error for a request body of more than `limit` bytes. */
export const bodyTooLarge = (limit: number): ApiError =>
  new CoreError('PAYLOAD_TOO_LARGE', { detail: `The body may have ${limit} bytes at most.` });

/**
 * Reads a request body, at most `limit` bytes of it. Several large bodies that arrive at once take turns, because what
 * is done with one, such as parsing, holds up everybody.
 * @throws {ApiError} PAYLOAD_TOO_LARGE as soon as it is known to be larger, CLIENT_CLOSED_REQUEST when it breaks off.
 */
export async function readBody(call: BodyCall, limit = MAX_BODY_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(call.header('content-length') ?? 0) > limit) throw bodyTooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const take = (chunk: Uint8Array) => {
    size += chunk.byteLength;
    if (size > limit) throw bodyTooLarge(limit);
    chunks.push(chunk);
  };
  if (call.readBody) {
    const count = beginToCount(call);
    await call.readBody((chunk) => {
      count(chunk.byteLength);
      take(chunk);
    });
  } else for await (const chunk of chunksOf(call)) take(chunk);
  if (size >= LARGE_BODY_BYTES) await nextSlice();
  return Buffer.concat(chunks, size);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws {ApiError} BAD_REQUEST for bytes that are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The body is not valid UTF-8.', cause });
  }
}

/**
 * Parses JSON that came from outside. Its cost grows with its bytes, and what it may hold has limits (see `checkJson`).
 * @param source text, or bytes in UTF-8.
 * @throws {ApiError} MALFORMED_JSON, or BAD_REQUEST when it holds too much, nests too deep or has a key `__proto__`.
 */
export const parseJson = (source: string | Uint8Array, limits?: JsonLimits): unknown =>
  parseCounted(source, limits).json;

/** Parses JSON like `parseJson`, and returns how many values it holds, too. */
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
  const values = checkJson(text, limits);
  try {
    return { json: JSON.parse(text), values };
  } catch (cause) {
    const detail = cause instanceof Error ? `The body is not valid JSON: ${cause.message.slice(0, 200)}` : '';
    throw new CoreError('MALFORMED_JSON', { detail, cause });
  }
}

/** The media type of a Content-Type header in lower case, without parameters; `''` when there is none. */
export function mediaType(call: Pick<BodyCall, 'header'>): string {
  return (call.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether a media type is JSON, such as `application/merge-patch+json`. */
export const isJsonType = (type: string): boolean => /^application\/([\w.-]+\+)?json$/.test(type);
