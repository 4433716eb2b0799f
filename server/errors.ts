import { type ErrorCode, type ErrorData, type ErrorFields, ERRORS } from '#contract/errors';
import { ApiError, type ApiErrorOptions, defineErrors } from '#layer/index';
import { isBusy, isConnectionError, isExhausted, isOfDeletedAccount } from './db/errors.ts';
import { env } from './env.ts';

class OwnError extends ApiError<ErrorCode, ErrorFields> {
  constructor(kind: ErrorCode, options: ApiErrorOptions<ErrorFields> = {}) {
    super(kind, ERRORS[kind], options);
  }
}

/** The error that rules throw on purpose. */
export const AppError = OwnError;
export type AppError = ApiError<ErrorCode, ErrorFields>;

/** Returns the error for a database that could not do what it was asked; undefined if `cause` is something else. */
function databaseError(cause: unknown): AppError | undefined {
  // The account was deleted while the call was on its way.
  if (isOfDeletedAccount(cause)) return new AppError('UNAUTHORIZED', { cause });
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

/** In development, the detail of a mistake in our code says where the developer finds it. */
function explain(requestId: string): string | undefined {
  if (env().NODE_ENV !== 'development') return undefined;
  return `see the server's terminal${requestId === '' ? '' : `, request ${requestId}`}`;
}

/** The errors of this application. */
export const errors = defineErrors<ErrorCode, ErrorFields>(ERRORS, { recognise: databaseError, explain });

/** Returns the catalogue error for anything that was thrown. */
export const toAppError = (thrown: unknown): AppError => errors.toError(thrown);

/** Returns the caller's view of `error`, for problem documents and `error.data` alike. */
export const errorData = (error: AppError, requestId: string): ErrorData => errors.dataOf(error, requestId);

/** Returns the same 404 for what does not exist and for what belongs to someone else. */
export function notFound(noun: string): AppError {
  return new AppError('NOT_FOUND', { detail: `No such ${noun}.` });
}

/** Returns the error for a limit of an account. @param detail says which limit it is, and what to do. */
export function limitReached(detail: string): AppError {
  return new AppError('LIMIT_REACHED', { detail });
}
