/** A problem with the input. */
export interface ErrorIssue {
  /** The place: a JSON Pointer (RFC 6901) into the input, or `''` for the whole input. */
  pointer: string;
  /** How to fix it, such as `must not be empty`. */
  message: string;
}

/** The fields of an error. All except the code may be missing. */
export interface ErrorFields {
  code: string;
  status?: number | undefined;
  title?: string | undefined;
  requestId?: string | undefined;
  issues?: ErrorIssue[] | undefined;
  retryable?: boolean | undefined;
  retryAfter?: number | undefined;
  /** The further fields of the problem document, by name. */
  own?: object | undefined;
}

/**
 * A failed call. Each code of the catalog has its own class, such as `NotFoundError`. Codes that a newer server adds
 * have this class.
 */
export class SdkError extends Error {
  override readonly name: string = 'SdkError';
  /** A code of the catalog, or of this package: `CONNECTION_FAILED`, `REQUEST_TIMEOUT`, `UNEXPECTED_RESPONSE`. */
  readonly code: string;
  /** The HTTP status, or 0 if there was no response. */
  readonly status: number;
  /** The meaning of the code, in a few words. */
  readonly title: string;
  /** The id of the request in the server's log, or `''` if there was no response. */
  readonly requestId: string;
  /** The problems with the input, by field. */
  readonly issues: readonly ErrorIssue[];
  /** True if the same call may succeed later. */
  readonly retryable: boolean;
  /** The seconds to wait before a retry, if the server sent a time. */
  readonly retryAfter: number | undefined;
  // The generator declares the API's own fields here.

  constructor(message: string, fields: ErrorFields, options?: { cause: unknown }) {
    super(message, options);
    this.code = fields.code;
    this.status = fields.status ?? 0;
    this.title = fields.title ?? message;
    this.requestId = fields.requestId ?? '';
    this.issues = fields.issues ?? [];
    this.retryable = fields.retryable ?? false;
    this.retryAfter = fields.retryAfter;
    Object.assign(this, fields.own);
  }
}

/** The server could not be reached, or the connection was lost. */
export class ConnectionError extends SdkError {
  override readonly name = 'ConnectionError';

  constructor(cause: unknown, server: string) {
    const message = `The server at ${server} cannot be reached: ${reasonOf(cause)}`;
    super(message, { code: 'CONNECTION_FAILED', retryable: true }, { cause });
  }
}

/** Returns the message of the innermost cause, because `fetch` itself only says "fetch failed". */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  if ('message' in error && error.message !== '') return String(error.message);
  // If a host has several IP addresses, the error of Node.js has only a code.
  return String('code' in error ? error.code : error);
}

/** The response was not complete within `timeoutMs`. */
export class RequestTimeoutError extends SdkError {
  override readonly name = 'RequestTimeoutError';

  constructor(timeoutMs: number) {
    super(`No response within ${timeoutMs} ms.`, { code: 'REQUEST_TIMEOUT', retryable: true });
  }
}

/** The response does not come from the API. It may be the error page of a proxy. */
export class UnexpectedResponseError extends SdkError {
  override readonly name = 'UnexpectedResponseError';
}
