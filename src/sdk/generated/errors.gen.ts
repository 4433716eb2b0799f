// Written by npm run sdk from src/sdk/openapi.json.

import { SwitchboardError } from './error.ts';
import type { ErrorCatalog } from './problem.ts';
import type { Problem } from './types.gen.ts';

/** A code of the server's error catalog. */
export type ErrorCode = Problem['code'];

/**
 * The request is not valid. Status 400.
 *
 * `BAD_REQUEST`
 */
export class BadRequestError extends SwitchboardError {
  override readonly name = 'BadRequestError';
}

/**
 * The input is not valid. Status 400.
 *
 * `INVALID_INPUT`
 */
export class InvalidInputError extends SwitchboardError {
  override readonly name = 'InvalidInputError';
}

/**
 * The body is not valid JSON. Status 400.
 *
 * `MALFORMED_JSON`
 */
export class MalformedJsonError extends SwitchboardError {
  override readonly name = 'MalformedJsonError';
}

/**
 * Authentication required. Status 401.
 *
 * `UNAUTHORIZED`
 */
export class UnauthorizedError extends SwitchboardError {
  override readonly name = 'UnauthorizedError';
}

/**
 * `PAYMENT_REQUIRED`
 */
export class PaymentRequiredError extends SwitchboardError {
  override readonly name = 'PaymentRequiredError';
}

/**
 * You are not allowed to do this. Status 403.
 *
 * `FORBIDDEN`
 */
export class ForbiddenError extends SwitchboardError {
  override readonly name = 'ForbiddenError';
}

/**
 * Requests from another origin are not accepted. Status 403.
 *
 * `CROSS_ORIGIN`
 */
export class CrossOriginError extends SwitchboardError {
  override readonly name = 'CrossOriginError';
}

/**
 * This server does not know the host of the request. Status 403.
 *
 * `UNKNOWN_HOST`
 */
export class UnknownHostError extends SwitchboardError {
  override readonly name = 'UnknownHostError';
}

/**
 * Not found. Status 404.
 *
 * `NOT_FOUND`
 */
export class NotFoundError extends SwitchboardError {
  override readonly name = 'NotFoundError';
}

/**
 * `METHOD_NOT_ALLOWED`
 */
export class MethodNotAllowedError extends SwitchboardError {
  override readonly name = 'MethodNotAllowedError';
}

/**
 * None of the accepted media types can be produced. Status 406.
 *
 * `NOT_ACCEPTABLE`
 */
export class NotAcceptableError extends SwitchboardError {
  override readonly name = 'NotAcceptableError';
}

/**
 * The request conflicts with the current state. Status 409.
 *
 * `CONFLICT`
 */
export class ConflictError extends SwitchboardError {
  override readonly name = 'ConflictError';
}

/**
 * The first request with this Idempotency-Key is still in progress. Status 409.
 *
 * `IDEMPOTENCY_KEY_IN_USE`
 */
export class IdempotencyKeyInUseError extends SwitchboardError {
  override readonly name = 'IdempotencyKeyInUseError';
}

/**
 * This Idempotency-Key was used for another request. Status 409.
 *
 * `IDEMPOTENCY_KEY_REUSED`
 */
export class IdempotencyKeyReusedError extends SwitchboardError {
  override readonly name = 'IdempotencyKeyReusedError';
}

/**
 * `STREAM_GONE`
 */
export class StreamGoneError extends SwitchboardError {
  override readonly name = 'StreamGoneError';
}

/**
 * A precondition (If-Match or If-None-Match) failed. Status 412.
 *
 * `PRECONDITION_FAILED`
 */
export class PreconditionFailedError extends SwitchboardError {
  override readonly name = 'PreconditionFailedError';
}

/**
 * The body is too large. Status 413.
 *
 * `PAYLOAD_TOO_LARGE`
 */
export class PayloadTooLargeError extends SwitchboardError {
  override readonly name = 'PayloadTooLargeError';
}

/**
 * `URI_TOO_LONG`
 */
export class UriTooLongError extends SwitchboardError {
  override readonly name = 'UriTooLongError';
}

/**
 * This content type is not supported. Status 415.
 *
 * `UNSUPPORTED_MEDIA_TYPE`
 */
export class UnsupportedMediaTypeError extends SwitchboardError {
  override readonly name = 'UnsupportedMediaTypeError';
}

/**
 * `PRECONDITION_REQUIRED`
 */
export class PreconditionRequiredError extends SwitchboardError {
  override readonly name = 'PreconditionRequiredError';
}

/**
 * Too many requests. Status 429.
 *
 * `TOO_MANY_REQUESTS`
 */
export class TooManyRequestsError extends SwitchboardError {
  override readonly name = 'TooManyRequestsError';
}

/**
 * `CLIENT_CLOSED_REQUEST`
 */
export class ClientClosedRequestError extends SwitchboardError {
  override readonly name = 'ClientClosedRequestError';
}

/**
 * An internal error occurred. Status 500.
 *
 * `INTERNAL_SERVER_ERROR`
 */
export class InternalServerError extends SwitchboardError {
  override readonly name = 'InternalServerError';
}

/**
 * `NOT_IMPLEMENTED`
 */
export class NotImplementedError extends SwitchboardError {
  override readonly name = 'NotImplementedError';
}

/**
 * Another server failed. Status 502.
 *
 * `BAD_GATEWAY`
 */
export class BadGatewayError extends SwitchboardError {
  override readonly name = 'BadGatewayError';
}

/**
 * The service is temporarily unavailable. Status 503.
 *
 * `SERVICE_UNAVAILABLE`
 */
export class ServiceUnavailableError extends SwitchboardError {
  override readonly name = 'ServiceUnavailableError';
}

/**
 * The call took too long and was stopped. Status 504.
 *
 * `TIMEOUT`
 */
export class TimeoutError extends SwitchboardError {
  override readonly name = 'TimeoutError';
}

/**
 * The password is not correct. Status 400.
 *
 * `WRONG_PASSWORD`
 */
export class WrongPasswordError extends SwitchboardError {
  override readonly name = 'WrongPasswordError';
}

/**
 * An account with this email exists. Status 409.
 *
 * `EMAIL_TAKEN`
 */
export class EmailTakenError extends SwitchboardError {
  override readonly name = 'EmailTakenError';
}

/**
 * The account has reached a limit. Status 409.
 *
 * `LIMIT_REACHED`
 */
export class LimitReachedError extends SwitchboardError {
  override readonly name = 'LimitReachedError';
}

/**
 * An answer is already in progress in this chat. Status 409.
 *
 * `RUN_ACTIVE`
 */
export class RunActiveError extends SwitchboardError {
  override readonly name = 'RunActiveError';
}

/**
 * This request id was used with another body. Status 409.
 *
 * `REQUEST_ID_REUSED`
 */
export class RequestIdReusedError extends SwitchboardError {
  override readonly name = 'RequestIdReusedError';
}

/**
 * The daily token quota is used up. Status 429.
 *
 * `QUOTA_EXCEEDED`
 */
export class QuotaExceededError extends SwitchboardError {
  override readonly name = 'QuotaExceededError';
}

/**
 * The model provider rejected the API key. Status 502.
 *
 * `MODEL_UNAUTHORIZED`
 */
export class ModelUnauthorizedError extends SwitchboardError {
  override readonly name = 'ModelUnauthorizedError';
}

/**
 * The model provider rejected the request. Status 502.
 *
 * `MODEL_REJECTED`
 */
export class ModelRejectedError extends SwitchboardError {
  override readonly name = 'ModelRejectedError';
}

/**
 * The model provider sent an unreadable response. Status 502.
 *
 * `MODEL_BAD_RESPONSE`
 */
export class ModelBadResponseError extends SwitchboardError {
  override readonly name = 'ModelBadResponseError';
}

/**
 * The conversation is too long for the model. Status 502.
 *
 * `CONTEXT_TOO_LONG`
 */
export class ContextTooLongError extends SwitchboardError {
  override readonly name = 'ContextTooLongError';
}

/**
 * The answer was ended at a limit of this server. Status 502.
 *
 * `ANSWER_TOO_LONG`
 */
export class AnswerTooLongError extends SwitchboardError {
  override readonly name = 'AnswerTooLongError';
}

/**
 * The model provider limits our request rate. Status 503.
 *
 * `MODEL_RATE_LIMITED`
 */
export class ModelRateLimitedError extends SwitchboardError {
  override readonly name = 'ModelRateLimitedError';
}

/**
 * The model provider cannot be reached. Status 503.
 *
 * `MODEL_UNAVAILABLE`
 */
export class ModelUnavailableError extends SwitchboardError {
  override readonly name = 'ModelUnavailableError';
}

/**
 * The server is in maintenance and rejects changes. Status 503.
 *
 * `MAINTENANCE`
 */
export class MaintenanceError extends SwitchboardError {
  override readonly name = 'MaintenanceError';
}

/**
 * The database is busy. Status 503.
 *
 * `DATABASE_BUSY`
 */
export class DatabaseBusyError extends SwitchboardError {
  override readonly name = 'DatabaseBusyError';
}

/**
 * The model provider took too long. Status 504.
 *
 * `MODEL_TIMEOUT`
 */
export class ModelTimeoutError extends SwitchboardError {
  override readonly name = 'ModelTimeoutError';
}

export const ERRORS: ErrorCatalog = {
  classes: new Map<string, typeof SwitchboardError>([
    ['BAD_REQUEST', BadRequestError],
    ['INVALID_INPUT', InvalidInputError],
    ['MALFORMED_JSON', MalformedJsonError],
    ['UNAUTHORIZED', UnauthorizedError],
    ['PAYMENT_REQUIRED', PaymentRequiredError],
    ['FORBIDDEN', ForbiddenError],
    ['CROSS_ORIGIN', CrossOriginError],
    ['UNKNOWN_HOST', UnknownHostError],
    ['NOT_FOUND', NotFoundError],
    ['METHOD_NOT_ALLOWED', MethodNotAllowedError],
    ['NOT_ACCEPTABLE', NotAcceptableError],
    ['CONFLICT', ConflictError],
    ['IDEMPOTENCY_KEY_IN_USE', IdempotencyKeyInUseError],
    ['IDEMPOTENCY_KEY_REUSED', IdempotencyKeyReusedError],
    ['STREAM_GONE', StreamGoneError],
    ['PRECONDITION_FAILED', PreconditionFailedError],
    ['PAYLOAD_TOO_LARGE', PayloadTooLargeError],
    ['URI_TOO_LONG', UriTooLongError],
    ['UNSUPPORTED_MEDIA_TYPE', UnsupportedMediaTypeError],
    ['PRECONDITION_REQUIRED', PreconditionRequiredError],
    ['TOO_MANY_REQUESTS', TooManyRequestsError],
    ['CLIENT_CLOSED_REQUEST', ClientClosedRequestError],
    ['INTERNAL_SERVER_ERROR', InternalServerError],
    ['NOT_IMPLEMENTED', NotImplementedError],
    ['BAD_GATEWAY', BadGatewayError],
    ['SERVICE_UNAVAILABLE', ServiceUnavailableError],
    ['TIMEOUT', TimeoutError],
    ['WRONG_PASSWORD', WrongPasswordError],
    ['EMAIL_TAKEN', EmailTakenError],
    ['LIMIT_REACHED', LimitReachedError],
    ['RUN_ACTIVE', RunActiveError],
    ['REQUEST_ID_REUSED', RequestIdReusedError],
    ['QUOTA_EXCEEDED', QuotaExceededError],
    ['MODEL_UNAUTHORIZED', ModelUnauthorizedError],
    ['MODEL_REJECTED', ModelRejectedError],
    ['MODEL_BAD_RESPONSE', ModelBadResponseError],
    ['CONTEXT_TOO_LONG', ContextTooLongError],
    ['ANSWER_TOO_LONG', AnswerTooLongError],
    ['MODEL_RATE_LIMITED', ModelRateLimitedError],
    ['MODEL_UNAVAILABLE', ModelUnavailableError],
    ['MAINTENANCE', MaintenanceError],
    ['DATABASE_BUSY', DatabaseBusyError],
    ['MODEL_TIMEOUT', ModelTimeoutError],
  ]),
  fields: ['messageId', 'runId'],
};
