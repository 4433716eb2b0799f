import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type ErrorCode, type ErrorData, type ErrorIssue, ERRORS } from '#contract/errors';
import { isBusy, isConnectionError, isExhausted, isOfGoneAccount } from './db/errors.ts';
import { env } from './env.ts';
import './messages.ts';
import { cutDetail, issuesOf, pointerTo } from './rejection.ts';

/** What may accompany a code of the catalogue. */
export interface AppErrorOptions {
  /** What happened, for the caller. The catalogue's title when absent. Never internal for 5xx. */
  detail?: string;
  issues?: ErrorIssue[];
  /** Seconds until a retry makes sense. */
  retryAfter?: number;
  runId?: string;
  messageId?: string;
  /** Response headers the answer needs, such as `Allow` with 405; REST sends them, `errorData` leaves them out. */
  headers?: Record<string, string>;
  /** The original error: logged, never sent. */
  cause?: unknown;
}

const TRPC_CODES: Record<(typeof ERRORS)[ErrorCode]['status'], TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  406: 'BAD_REQUEST',
  409: 'CONFLICT',
  // tRPC has no code for it.
  410: 'NOT_FOUND',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'BAD_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  428: 'PRECONDITION_REQUIRED',
  429: 'TOO_MANY_REQUESTS',
  499: 'CLIENT_CLOSED_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  501: 'NOT_IMPLEMENTED',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

/** By which AppErrors know each other: in development there may be several copies of this module in one process. */
const BRAND: unique symbol = Symbol.for('switchboard.AppError');

/**
 * The one error that rules throw on purpose. It is a TRPCError, so that tRPC gives it the right HTTP status also
 * when it is thrown in the middle of a stream; each surface maps `kind` to its own form. It keeps that class's name, by
 * which other code for tRPC, such as trpc-to-openapi's handler, knows errors that carry a status. Its detail and its issues
 * may repeat what was sent: they are cut here, so an error has a size on every surface.
 */
export class AppError extends TRPCError {
  readonly kind: ErrorCode;
  readonly options: AppErrorOptions;
  readonly [BRAND] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(kind: ErrorCode, options: AppErrorOptions = {}) {
    const { status, title } = ERRORS[kind];
    super({ code: TRPC_CODES[status], message: cutDetail(options.detail ?? title), cause: options.cause });
    this.kind = kind;
    const { issues } = options;
    this.options = issues ? { ...options, issues: issuesOf(issues, (issue) => issue) } : options;
  }
}

/** The same 404 for what does not exist and for what belongs to someone else. */
export function notFound(noun: string): AppError {
  return new AppError('NOT_FOUND', { detail: `No such ${noun}.` });
}

/** The error for a limit of an account. @param detail says which limit it is, and what to do. */
export function limitReached(detail: string): AppError {
  return new AppError('LIMIT_REACHED', { detail });
}

/** Zod's issues as JSON Pointers into the input, with the message for each; as `issuesOf` makes them. @param at a pointer to what was checked. */
export function zodIssues({ issues }: z.core.$ZodError, at = ''): ErrorIssue[] {
  return issuesOf(issues, ({ path, message }) => ({ pointer: at + pointerTo(path), message }));
}

const Key = z.union([z.string(), z.number(), z.symbol()]);

/** What the validators of tRPC's inputs throw that follow Standard Schema (https://standardschema.dev), or zod before 4. */
const SchemaError = z.object({
  issues: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([Key, z.object({ key: Key }).transform(({ key }) => key)])).nullish(),
      }),
    )
    .min(1),
});

/** The error for an input that a validator rejected; undefined if `cause` is none of a validator. */
function rejectedInput(cause: unknown): AppError | undefined {
  if (cause instanceof z.core.$ZodError) return invalidInput(zodIssues(cause), cause);
  const { data } = cause instanceof Error ? SchemaError.safeParse(cause) : {};
  const toIssue = ({ path, message }: { path?: PropertyKey[] | null | undefined; message: string }) => ({
    pointer: pointerTo(path ?? []),
    message,
  });
  return data && invalidInput(issuesOf(data.issues, toIssue), cause);
}

/** An INVALID_INPUT that names each wrong field. */
export function invalidInput(issues: ErrorIssue[], cause?: unknown): AppError {
  const [first] = issues;
  const detail = first && `${first.pointer.slice(1) || 'input'}: ${first.message}`;
  return new AppError('INVALID_INPUT', { ...(first && { detail }), issues, cause });
}

/** Each with the status that tRPC gives it, but for the two that docs/compatibility.md argues. */
const FROM_TRPC: Record<TRPCError['code'], ErrorCode> = {
  PARSE_ERROR: 'MALFORMED_JSON',
  BAD_REQUEST: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  PAYMENT_REQUIRED: 'PAYMENT_REQUIRED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PRECONDITION_FAILED: 'PRECONDITION_FAILED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  CONFLICT: 'CONFLICT',
  UNPROCESSABLE_CONTENT: 'INVALID_INPUT',
  PRECONDITION_REQUIRED: 'PRECONDITION_REQUIRED',
  TOO_MANY_REQUESTS: 'TOO_MANY_REQUESTS',
  CLIENT_CLOSED_REQUEST: 'CLIENT_CLOSED_REQUEST',
  INTERNAL_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
  NOT_IMPLEMENTED: 'NOT_IMPLEMENTED',
  BAD_GATEWAY: 'BAD_GATEWAY',
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  TIMEOUT: 'TIMEOUT',
  GATEWAY_TIMEOUT: 'TIMEOUT',
};

/** The catalogue error for a database that could not do what it was asked, or undefined if `cause` says something else. */
function databaseError(cause: unknown): AppError | undefined {
  if (isBusy(cause)) {
    return new AppError('DATABASE_BUSY', {
      detail: 'The database is busy. Retry in a moment.',
      retryAfter: 2,
      cause,
    });
  }
  if (isExhausted(cause)) {
    return new AppError('SERVICE_UNAVAILABLE', {
      detail: 'The database is out of resources.',
      retryAfter: 30,
      cause,
    });
  }
  if (isConnectionError(cause)) {
    return new AppError('SERVICE_UNAVAILABLE', {
      detail: 'The database does not answer.',
      retryAfter: 2,
      cause,
    });
  }
  return undefined;
}

/**
 * Returns the catalogue error for anything that was thrown. A TRPCError keeps its code, and below 500 its message, if the
 * application wrote one. What is not in the catalogue becomes INTERNAL_SERVER_ERROR without a word of the original message;
 * the original stays as `cause` for the log.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof AppError) return cause;
  if (error instanceof TRPCError && isChosen(error)) return ofCode(error);
  // The account was deleted while the call was on its way.
  if (isOfGoneAccount(cause)) return new AppError('UNAUTHORIZED', { cause });
  const unavailable = databaseError(cause);
  if (unavailable) return unavailable;
  if (!(error instanceof TRPCError)) return new AppError('INTERNAL_SERVER_ERROR', { cause });
  return (error.code === 'BAD_REQUEST' ? rejectedInput(cause) : undefined) ?? ofCode(error);
}

/** True if the application chose the code: what it lets through, tRPC throws as one of these two. */
const isChosen = ({ code, cause }: TRPCError) =>
  cause === undefined || (code !== 'INTERNAL_SERVER_ERROR' && code !== 'BAD_REQUEST');

function ofCode(error: TRPCError): AppError {
  const kind = FROM_TRPC[error.code];
  const isWritten = ERRORS[kind].status < 500 && isOwnMessage(error);
  // What tRPC wraps says nothing itself; an error with a message of its own says where the cause was found.
  const cause = isOwnMessage(error) ? error : (error.cause ?? error);
  return new AppError(kind, { ...(isWritten && { detail: error.message }), cause });
}

/** True if the message of an error is neither tRPC's, which is the code, nor that of an error it was caused by. */
function isOwnMessage({ message, code, cause }: TRPCError): boolean {
  const seen = new Set<unknown>();
  for (let each: unknown = cause; each instanceof Error && !seen.has(each); each = each.cause) {
    if (each.message !== '' && message.includes(each.message)) return false;
    seen.add(each);
  }
  return message !== code && message.trim() !== '';
}

/** What a caller reads of an error. Of a mistake in our code that is nothing but, in development, where the developer finds it. */
function detailOf(error: AppError, requestId: string): string {
  const isMistake = error.kind === 'INTERNAL_SERVER_ERROR' && error.options.detail === undefined;
  if (!isMistake || env().NODE_ENV !== 'development') return error.message;
  return `see the server's terminal${requestId === '' ? '' : `, request ${requestId}`}`;
}

/** The caller's view of `error`, for problem documents and `error.data` alike. */
export function errorData(error: AppError, requestId: string): ErrorData {
  const { status, title, retryable } = ERRORS[error.kind];
  const { issues, retryAfter, runId, messageId } = error.options;
  return {
    code: error.kind,
    status,
    title,
    detail: detailOf(error, requestId),
    retryable,
    requestId,
    ...(issues && { issues }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(runId !== undefined && { runId }),
    ...(messageId !== undefined && { messageId }),
  };
}
