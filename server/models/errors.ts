import {
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  NoContentGeneratedError,
  NoSuchModelError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { NoOutputGeneratedError, RetryError } from 'ai';
import type { ErrorCode } from '#contract/errors';
import type { ApiErrorOptions } from '#layer/index';
import { AppError, toAppError } from '#server/errors';

/** Node's codes for a connection that failed or was lost. */
const NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

const TIMEOUT_CODES = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);

const UNREADABLE = [
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  NoContentGeneratedError,
  NoOutputGeneratedError,
  TypeValidationError,
];

const REJECTIONS: Record<number, string> = {
  402: 'The model provider requires payment (status 402).',
  404: 'The model provider does not know this model (status 404).',
};

/** What providers say if a conversation exceeds the context of the model: OpenAI, Anthropic, Google, vLLM, llama.cpp … */
const SAYS_TOO_LONG = new RegExp(
  [
    'context_length_exceeded|exceed_context_size|maximum context length|prompt is too long',
    "exceeds? (the |its |this )?(available |maximum |model'?s? )*context",
    'input token count.{0,40} exceeds the maximum|reduce the length of the (messages|input|prompt)',
  ].join('|'),
  'i',
);
/** How much of a provider's text is searched. */
const MAX_SEARCHED = 10_000;

const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Returns the catalog error for anything that a model, its provider's SDK or the network threw or sent as an error
 * part. The detail never repeats the provider's message, which can contain keys and internals. The message stays in
 * `cause`.
 */
export function toModelError(error: unknown): AppError {
  const chain = causes(error);
  for (const link of chain) {
    if (link instanceof AppError) return link;
  }
  for (const link of chain) {
    const kind = wireFailure(link);
    if (kind) return new AppError(kind, { cause: error });
  }
  for (const link of chain) {
    const mapped = fromProvider(link, error);
    if (mapped) return mapped;
  }
  return toAppError(error);
}

/** Returns the error and its causes, outermost first. The cause of a RetryError is the error of the last attempt. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let link = error;
  while (link !== undefined && link !== null && !chain.includes(link)) {
    chain.push(link);
    if (RetryError.isInstance(link)) link = link.lastError;
    else link = field(link, 'cause');
  }
  return chain;
}

/** Returns `value[key]`; undefined if `value` is no object. */
function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function wireFailure(error: unknown): ErrorCode | undefined {
  const name = field(error, 'name');
  if (name === 'TimeoutError') return 'MODEL_TIMEOUT';
  if (name === 'AbortError') return 'CLIENT_CLOSED_REQUEST';
  const code = String(field(error, 'code'));
  if (TIMEOUT_CODES.has(code)) return 'MODEL_TIMEOUT';
  return NETWORK_CODES.has(code) ? 'MODEL_UNAVAILABLE' : undefined;
}

function fromProvider(error: unknown, cause: unknown): AppError | undefined {
  if (APICallError.isInstance(error)) {
    const { statusCode, responseHeaders } = error;
    if (statusCode === 413 || saysTooLong(error.message, error.responseBody)) return contextTooLong(cause);
    if (statusCode === undefined) return new AppError('MODEL_UNAVAILABLE', { cause });
    if (statusCode >= 400) return fromStatus(statusCode, responseHeaders, cause);
    return new AppError('MODEL_BAD_RESPONSE', { cause });
  }
  if (UNREADABLE.some((type) => type.isInstance(error))) return new AppError('MODEL_BAD_RESPONSE', { cause });
  if (LoadAPIKeyError.isInstance(error)) return new AppError('MODEL_UNAUTHORIZED', { cause });
  if (NoSuchModelError.isInstance(error) || UnsupportedFunctionalityError.isInstance(error)) {
    return new AppError('MODEL_REJECTED', { detail: 'The model does not support this request.', cause });
  }
  return fromPayload(error, cause);
}

/** A provider that fails in the middle of a stream sends `{ message, code?, statusCode? }` instead of a chunk. */
function fromPayload(payload: unknown, cause: unknown): AppError | undefined {
  if (saysTooLong(field(payload, 'message'), field(payload, 'code'))) return contextTooLong(cause);
  const statuses = [field(payload, 'statusCode'), field(payload, 'code')].map(Number);
  const status = statuses.find((value) => value >= 400 && value <= 599);
  if (status !== undefined) return fromStatus(status, undefined, cause);
  const isError = field(payload, 'stack') !== undefined;
  if (isError || field(payload, 'message') === undefined) return undefined;
  return new AppError('MODEL_UNAVAILABLE', {
    detail: 'The model provider failed during the answer.',
    cause,
  });
}

/** True if one of these texts of a provider says that the conversation is longer than the context of the model. */
function saysTooLong(...texts: unknown[]): boolean {
  return texts.some((text) => typeof text === 'string' && SAYS_TOO_LONG.test(text.slice(0, MAX_SEARCHED)));
}

function contextTooLong(cause: unknown): AppError {
  return new AppError('CONTEXT_TOO_LONG', {
    detail:
      'The conversation is longer than the model accepts. Shorten the question, or choose another model.',
    cause,
  });
}

function fromStatus(status: number, headers: Record<string, string> | undefined, cause: unknown): AppError {
  const seconds = retryAfter(headers);
  const options: ApiErrorOptions = { cause, ...(seconds !== undefined && { retryAfter: seconds }) };
  if (status === 401 || status === 403) {
    return new AppError('MODEL_UNAUTHORIZED', {
      detail: `The model provider rejected the API key (status ${status}). Check the key and its permissions.`,
      cause,
    });
  }
  if (status === 408) return new AppError('MODEL_TIMEOUT', options);
  if (status === 429) return new AppError('MODEL_RATE_LIMITED', options);
  if (status >= 500) return new AppError('MODEL_UNAVAILABLE', options);
  const detail = REJECTIONS[status] ?? `The model provider rejected the request (status ${status}).`;
  return new AppError('MODEL_REJECTED', { detail, cause });
}

/** Returns the seconds to wait from a Retry-After header: a number or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(headers: Record<string, string> | undefined): number | undefined {
  const value = headers?.['retry-after'];
  if (value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 0), MAX_RETRY_AFTER_SECONDS);
}
