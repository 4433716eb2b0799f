import { type ErrorCode, type ErrorData, type ErrorFields, ERRORS } from '#contract/errors';
import { ERROR_TYPES } from '#contract/problem';
import { ApiError, type ApiErrorOptions, defineErrors } from '#layer/index';
import { isBusy, isConnectionError, isExhausted, isOfDeletedAccount, isReadOnly } from './db/errors.ts';
import { env } from './env.ts';
import { metrics } from './metrics/instruments.ts';

class OwnError extends ApiError<ErrorCode, ErrorFields> {
  constructor(kind: ErrorCode, options: ApiErrorOptions<ErrorFields> = {}) {
    super(kind, ERRORS[kind], options);
  }
}

/** An error of the catalog. */
export const AppError = OwnError;
export type AppError = ApiError<ErrorCode, ErrorFields>;

/** Returns the error for a failure of the database, or undefined if `cause` is something else. */
function databaseError(cause: unknown): AppError | undefined {
  // The account was deleted during the call.
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
      detail: isReadOnly(cause)
        ? 'The database accepts no changes at the moment.'
        : 'The database is not responding.',
      retryAfter: 2,
      cause,
    });
  }
  return undefined;
}

/** Returns, in development, a hint for the detail of an internal error, which says where the developer finds more. */
function explain(requestId: string): string | undefined {
  if (env().NODE_ENV !== 'development') return undefined;
  return `see the server's terminal${requestId === '' ? '' : `, request ${requestId}`}`;
}

/** The errors of this application. */
export const errors = defineErrors<ErrorCode, ErrorFields>(ERRORS, {
  recognize: databaseError,
  explain,
  types: ERROR_TYPES,
});

/** Converts any thrown value to an error of the catalog. */
export const toAppError = (thrown: unknown): AppError => errors.toError(thrown);

/** Returns the fields of `error` that the caller sees, for problem documents and for `error.data`. */
export const errorData = (error: AppError, requestId: string): ErrorData => errors.dataOf(error, requestId);

/** Returns a 404 error, the same for a resource that does not exist and for one of another user. */
export function notFound(resource: string): AppError {
  return new AppError('NOT_FOUND', { detail: `No such ${resource}.` });
}

/** Returns the error for a limit of an account. @param detail names the limit and what to do. */
export function limitReached(detail: string): AppError {
  metrics.rejections.add(1, 'account');
  return new AppError('LIMIT_REACHED', { detail });
}
