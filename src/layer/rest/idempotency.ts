import { createHash } from 'node:crypto';
import type { Call } from '../call/call.ts';
import { jsonValue } from '../encode/json.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { problemDocument } from '../errors/problem.ts';
import { MAX_KEPT_BYTES } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';
import { successHeaders, type TextResponse } from './output.ts';

/** The first response to a call, as its replays get it. */
export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  text: string | null;
  /** Set if there was a body that is not kept: a stream, or one of more than MAX_KEPT_BYTES. */
  isWithoutBody?: true;
}

/** What to do with a call: respond as the first time, or do it and report how that went. */
export type Claim =
  | { replay: StoredResponse }
  | {
      replay: null;
      /** Keeps the response for replays. */
      keep: (answer: StoredResponse) => Promise<void>;
      /** Frees the key: the next call with it is a first one. */
      release: () => Promise<void>;
    };

/** Claims an idempotency key for one call; `null` when the caller is not known. */
export type ClaimKey<C> = (ctx: C, key: string, fingerprint: string) => Promise<Claim | null>;

/** The headers that belong to an answer rather than to the call that it was given to. */
const KEPT_HEADERS = ['content-type', 'location', 'link', 'etag', 'cache-control', 'allow'];
/** A String of Structured Fields (RFC 9651), as the draft wants it; and as most clients send it, without quotes. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
const BARE = /^[!#-~]+$/;
const MAX_KEY_LENGTH = 255;
/** The input is wrong, or the caller is not known or may not. */
const NOT_KEPT = new Set([400, 401, 403, 413, 415]);

/**
 * The value of an Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07); `null` when there is none.
 * @throws {ApiError} BAD_REQUEST for one that cannot be a key.
 */
export function readIdempotencyKey(call: Pick<Call, 'header'>): string | null {
  const value = call.header('idempotency-key');
  if (value === null) return null;
  const quoted = QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1');
  const key = quoted ?? (BARE.test(value) ? value : '');
  if (key !== '' && key.length <= MAX_KEY_LENGTH) return key;
  throw new CoreError('BAD_REQUEST', {
    detail: `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} ASCII characters without control characters, such as "8e03978e-40d5-43e8-bc93-6894a57f9324".`,
  });
}

/** A call with its key. */
interface KeyedCall<C extends object> {
  key: string;
  endpoint: Endpoint;
  input: unknown;
  call: Call<C>;
  ctx: C;
  errors: Errors;
}

/**
 * Does a call that has an idempotency key once: its replays get the first answer again. What went wrong on our side,
 * what is to be tried again later, what the caller had no right to and what is wrong with the input is not an answer to
 * keep: nothing was done, and the next call is judged again.
 * @throws {ApiError} BAD_REQUEST, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_USE
 */
export async function answerOnce<C extends object>(
  claimKey: ClaimKey<C>,
  { key, endpoint, input, call, ctx, errors }: KeyedCall<C>,
  work: () => Promise<TextResponse | Response>,
): Promise<TextResponse | Response> {
  const claim = await claimKey(ctx, key, await fingerprintOf(endpoint, input));
  if (!claim) return work();
  if (claim.replay) return replayed(claim.replay, call);
  try {
    const answer = await work();
    await claim.keep(keptOf(answer));
    return answer;
  } catch (thrown) {
    const error = errors.toError(thrown);
    const rejection = storedRejection(errors, error, call.id);
    await (rejection ? claim.keep(rejection) : claim.release());
    throw error;
  }
}

/** A hash of what is asked: of the procedure and its input, in which the order of fields means nothing. */
async function fingerprintOf({ name }: Endpoint, input: unknown): Promise<string> {
  const files: Blob[] = [];
  const text = JSON.stringify([name, input], (_key, value: unknown): unknown => {
    if (value instanceof Blob) {
      files.push(value);
      return { size: value.size, type: value.type };
    }
    const item = jsonValue(value);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  const hash = createHash('sha256').update(text);
  for (const file of files) hash.update(await file.bytes());
  return hash.digest('base64url');
}

/** A streamed answer is gone when it was read, and a large one is not stored: only that there was one is kept. */
function keptOf(answer: TextResponse | Response): StoredResponse {
  const { status } = answer;
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => KEPT_HEADERS.includes(name)));
  const text = answer instanceof Response ? null : answer.body;
  const isKept =
    !(answer instanceof Response) && (text === null || Buffer.byteLength(text) <= MAX_KEPT_BYTES);
  return isKept ? { status, headers, text } : { status, headers, text: null, isWithoutBody: true };
}

function storedRejection(errors: Errors, error: ApiError, requestId: string): StoredResponse | null {
  const { status, retryable } = error.definition;
  if (status >= 500 || retryable || NOT_KEPT.has(status)) return null;
  const headers = { ...error.options.headers, 'content-type': 'application/problem+json' };
  return { status, headers, text: JSON.stringify(problemDocument(errors, error, requestId)) };
}

function replayed(kept: StoredResponse, call: Call): TextResponse {
  if (kept.isWithoutBody) {
    throw new CoreError('IDEMPOTENCY_KEY_REUSED', {
      detail:
        'The first call with this Idempotency-Key was made. Its response was a stream or too large to keep.',
    });
  }
  const headers = successHeaders(call);
  for (const [name, value] of Object.entries(kept.headers)) headers.set(name, value);
  headers.set('idempotency-replayed', 'true');
  return { status: kept.status, headers, body: kept.text };
}
