import type { TRPCError } from '@trpc/server';
import { ApiError, CoreError } from './api-error.ts';
import { CORE_ERRORS, type CoreCode } from './catalog.ts';
import { rejectedInput } from './input.ts';
import { isTrpcError } from '../trpc/error.ts';

/**
 * Returns the error that callers get for a thrown value, such as a database error; `undefined` if it does not recognize
 * it.
 */
export type Recognize = (thrown: unknown) => ApiError | undefined;

/** Each code has the status that tRPC gives it, except the two that docs/compatibility.md explains. */
const FROM_TRPC: Record<TRPCError['code'], CoreCode> = {
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

/**
 * Returns the error that callers get for any thrown value. A TRPCError keeps its code and, below status 500, its
 * message if the application wrote one. A value that neither the layer nor `recognize` knows becomes
 * INTERNAL_SERVER_ERROR. Its message is not sent; the value stays as `cause` for the log.
 */
export function toApiError(error: unknown, recognize?: Recognize): ApiError {
  if (isApiError(error)) return error;
  const cause = isTrpcError(error) ? (error.cause ?? error) : error;
  if (isApiError(cause)) return cause;
  if (isTrpcError(error) && isChosen(error)) return ofCode(error);
  const recognized = recognize?.(cause);
  if (recognized) return recognized;
  if (!isTrpcError(error)) return new CoreError('INTERNAL_SERVER_ERROR', { cause });
  return (error.code === 'BAD_REQUEST' ? rejectedInput(cause) : undefined) ?? ofCode(error);
}

const isApiError = (value: unknown): value is ApiError => value instanceof ApiError;

/** True if the application chose the code. An error that it does not catch, tRPC throws with one of these two codes. */
const isChosen = ({ code, cause }: TRPCError) =>
  cause === undefined || (code !== 'INTERNAL_SERVER_ERROR' && code !== 'BAD_REQUEST');

function ofCode(error: TRPCError): CoreError {
  const kind = FROM_TRPC[error.code];
  const isWritten = CORE_ERRORS[kind].status < 500 && isOwnMessage(error);
  // An error with its own message also shows where its cause was caught. tRPC's own wrapper adds nothing to the cause.
  const cause = isOwnMessage(error) ? error : (error.cause ?? error);
  return new CoreError(kind, { ...(isWritten && { detail: error.message }), cause });
}

/** True if the message of an error is neither tRPC's default, which is the code, nor taken from one of its causes. */
function isOwnMessage({ message, code, cause }: TRPCError): boolean {
  const seen = new Set<unknown>();
  for (let each: unknown = cause; each instanceof Error && !seen.has(each); each = each.cause) {
    if (each.message !== '' && message.includes(each.message)) return false;
    seen.add(each);
  }
  return message !== code && message.trim() !== '';
}
