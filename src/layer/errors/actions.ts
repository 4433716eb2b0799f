import type { CoreCode } from './catalog.ts';

/** The recommended action of a caller for each code of the layer, in Markdown. */
export const CORE_ACTIONS: Readonly<Record<CoreCode, string>> = {
  BAD_REQUEST: 'Change the request as `detail` says.',
  INVALID_INPUT: 'Correct the fields in `issues`.',
  MALFORMED_JSON: 'Send valid JSON.',
  UNAUTHORIZED: 'Send a valid credential. Do not retry with the same one.',
  PAYMENT_REQUIRED: 'Pay as `detail` says.',
  FORBIDDEN: 'Use a credential with the permission that `detail` names.',
  CROSS_ORIGIN:
    'Send an `Authorization` header instead of cookies, or call from an origin that the server accepts.',
  UNKNOWN_HOST: 'Use the host name of the server, or change its configuration as `detail` says.',
  NOT_FOUND: 'Check the path and the ids.',
  METHOD_NOT_ALLOWED: 'Use a method of the `Allow` header.',
  NOT_ACCEPTABLE:
    'Send an `Accept` header that allows the media type of the response, usually `application/json`.',
  CONFLICT: 'Read the resource again, and change the request as `detail` says.',
  IDEMPOTENCY_KEY_IN_USE: 'Wait for `Retry-After`, and retry with the same key.',
  IDEMPOTENCY_KEY_REUSED: 'Use a new `Idempotency-Key` for another request.',
  STREAM_GONE: 'Read the result by another procedure, as `detail` says.',
  PRECONDITION_FAILED: 'Read the resource again, and repeat the change with its new `ETag`.',
  PAYLOAD_TOO_LARGE: 'Send a smaller body.',
  URI_TOO_LONG: 'Send a shorter path.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the body as a type of the `Accept` header of the response.',
  PRECONDITION_REQUIRED: 'Send `If-Match` with the `ETag` of the state that you want to change.',
  TOO_MANY_REQUESTS: 'Wait for `Retry-After` seconds, and retry.',
  CLIENT_CLOSED_REQUEST: 'None: your client closed the connection. Retry if you still need the response.',
  INTERNAL_SERVER_ERROR:
    'Retry later. Report the `requestId` to the operator, who finds the error in the log.',
  NOT_IMPLEMENTED: 'Do not retry. The server does not support the request.',
  BAD_GATEWAY: 'Retry later.',
  SERVICE_UNAVAILABLE: 'Wait for `Retry-After` seconds, and retry.',
  TIMEOUT: 'Retry, or request less data.',
};
