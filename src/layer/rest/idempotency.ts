import { runtime } from '#runtime';
import type { Call } from '../call/call.ts';
import { jsonValue } from '../encode/json.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { problemDocument } from '../errors/problem.ts';
import { MAX_KEPT_BYTES } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';
import { successHeaders, type TextResponse } from './output.ts';

/** The response to the first request with a key, as replays get it. */
export interface StoredResponse {
  /** The HTTP status. */
  status: number;
  /** The headers that belong to the response, by name in lower case. */
  headers: Record<string, string>;
  /** The body; `null` if there is none. */
  text: string | null;
  /** Set if the body was not stored, because it was a stream or larger than MAX_KEPT_BYTES (64 KiB). */
  isWithoutBody?: true;
}

/** The result of claiming a key: a stored response to replay, or the right to process the request. */
export type Claim =
  | { replay: StoredResponse }
  | {
      replay: null;
      /** Stores the response for replays. */
      keep: (response: StoredResponse) => Promise<void>;
      /** Frees the key, so the next request with it counts as the first. */
      release: () => Promise<void>;
    };

/** A request with an idempotency key. */
export interface KeyedRequest {
  /** Whose key it is. The same key in another scope is another key. */
  scope: string;
  /** The value of the header Idempotency-Key. */
  key: string;
  /** Identifies the procedure and its input. A key must not be used for another fingerprint. */
  fingerprint: string;
}

/** Stores the responses to requests with idempotency keys. All instances of an application must share it. */
export interface IdempotencyStore {
  /**
   * Claims a key. Of several simultaneous requests with a key, exactly one gets the right to be processed.
   * @throws {ApiError} IDEMPOTENCY_KEY_IN_USE while the first request is in progress, IDEMPOTENCY_KEY_REUSED for a key
   *   of another fingerprint.
   */
  claim: (request: KeyedRequest) => Promise<Claim>;
}

/** The options of idempotency keys. */
export interface IdempotencyOptions<C extends object> {
  store: IdempotencyStore;
  /**
   * Returns whose keys those of a call are, such as the id of the user; `null` for a caller without keys, whose header
   * has no effect. It must differ for all callers who must not see each other's responses.
   */
  scope: (ctx: C) => string | null | Promise<string | null>;
  /**
   * Returns what else a replay must have in common with the first request, such as the permissions of the credential.
   * Default: nothing.
   */
  variant?: (ctx: C) => string | Promise<string>;
}

/** The headers that belong to the response, and not to the request that it was sent to. */
const KEPT_HEADERS = ['content-type', 'location', 'link', 'etag', 'cache-control', 'allow'];
/**
 * A String of Structured Fields (RFC 9651), as the draft requires, and a key without quotes, as most clients send it.
 */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
const BARE = /^[!#-~]+$/;
/** The maximum length of a key, in characters. */
export const MAX_KEY_LENGTH = 255;
/**
 * The statuses of requests that were rejected before they changed anything: invalid input, no authentication or
 * permission.
 */
const NOT_KEPT = new Set([400, 401, 403, 413, 415]);

/**
 * Returns the value of the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07); `null` if there is
 * none.
 * @throws {ApiError} BAD_REQUEST for a value that is not a valid key.
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
  endpoint: Pick<Endpoint, 'name'>;
  input: unknown;
  call: Call<C>;
  ctx: C;
  errors: Errors;
}

/**
 * Processes a request with an idempotency key once. Replays get the stored response of the first request. Errors of the
 * server, retryable errors, and rejections of the caller or the input are not stored: the request changed nothing, so
 * the next request with the key is processed again.
 * @throws {ApiError} the errors of the store and of `work`; IDEMPOTENCY_KEY_REUSED for a replay whose body was not
 *   stored.
 */
export async function respondOnce<C extends object>(
  { store, scope: scopeOf, variant }: IdempotencyOptions<C>,
  { key, endpoint, input, call, ctx, errors }: KeyedCall<C>,
  work: () => Promise<TextResponse | Response>,
): Promise<TextResponse | Response> {
  const scope = await scopeOf(ctx);
  if (scope === null) return work();
  const hash = await fingerprintOf(endpoint, input);
  const fingerprint = variant ? `${await variant(ctx)}.${hash}` : hash;
  const claim = await store.claim({ scope, key, fingerprint });
  if (claim.replay) return replayed(claim.replay, call);
  try {
    const response = await work();
    await claim.keep(storedOf(response));
    return response;
  } catch (thrown) {
    const error = errors.toError(thrown);
    const rejection = storedRejection(errors, error, call.id);
    await (rejection ? claim.keep(rejection) : claim.release());
    throw error;
  }
}

/** Returns a hash of the procedure and its input. The order of the input's fields does not matter. */
async function fingerprintOf({ name }: Pick<Endpoint, 'name'>, input: unknown): Promise<string> {
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
  const hash = runtime.createHash();
  hash.update(text);
  for (const file of files) hash.update(new Uint8Array(await file.arrayBuffer()));
  return hash.digest();
}

/** Returns a response as it is stored: a stream, or a large body, is stored without the body. */
function storedOf(response: TextResponse | Response): StoredResponse {
  const { status } = response;
  const headers = Object.fromEntries([...response.headers].filter(([name]) => KEPT_HEADERS.includes(name)));
  const text = response instanceof Response ? null : response.body;
  const isKept =
    !(response instanceof Response) && (text === null || runtime.byteLength(text) <= MAX_KEPT_BYTES);
  return isKept ? { status, headers, text } : { status, headers, text: null, isWithoutBody: true };
}

function storedRejection(errors: Errors, error: ApiError, requestId: string): StoredResponse | null {
  const { status, retryable } = error.definition;
  if (status >= 500 || retryable || NOT_KEPT.has(status)) return null;
  const headers = { ...error.options.headers, 'content-type': 'application/problem+json' };
  return { status, headers, text: JSON.stringify(problemDocument(errors, error, requestId)) };
}

function replayed(stored: StoredResponse, call: Call): TextResponse {
  if (stored.isWithoutBody) {
    throw new CoreError('IDEMPOTENCY_KEY_REUSED', {
      detail:
        'The first request with this Idempotency-Key was processed. Its response was a stream or too large to store.',
    });
  }
  const headers = successHeaders(call);
  for (const [name, value] of Object.entries(stored.headers)) headers.set(name, value);
  headers.set('idempotency-replayed', 'true');
  return { status: stored.status, headers, body: stored.text };
}
