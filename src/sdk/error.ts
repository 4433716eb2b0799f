import type { Problem } from './generated/types.gen.ts';

/** A code of the server's error catalogue. */
export type ErrorCode = Problem['code'];

/** One thing wrong with the input: where (RFC 6901 JSON Pointer, `''` for the whole input) and how to fix it. */
export interface ErrorIssue {
  pointer: string;
  message: string;
}

/** What is known of a failure; all but the message may be missing. */
export interface ErrorFields {
  code: string;
  status?: number | undefined;
  title?: string | undefined;
  requestId?: string | undefined;
  issues?: ErrorIssue[] | undefined;
  retryable?: boolean | undefined;
  retryAfter?: number | undefined;
  runId?: string | undefined;
}

/**
 * A call that failed. Each code of the catalogue has a class of its own, such as `NotFoundError`; this one stands for
 * codes that a newer server may add.
 */
export class SwitchboardError extends Error {
  override readonly name: string = 'SwitchboardError';
  /** A code of the catalogue, or `CONNECTION_FAILED`, `REQUEST_TIMEOUT`, `UNEXPECTED_RESPONSE` of this package. */
  readonly code: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What the code means, in a few words. */
  readonly title: string;
  /** The id under which the server's log has the call; `''` when there was no answer. */
  readonly requestId: string;
  /** What is wrong with the input, field by field. */
  readonly issues: readonly ErrorIssue[];
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before a retry, where the server said so. */
  readonly retryAfter: number | undefined;
  /** The run that is in the way, with `RUN_ACTIVE`. */
  readonly runId: string | undefined;

  constructor(message: string, fields: ErrorFields, options?: { cause: unknown }) {
    super(message, options);
    this.code = fields.code;
    this.status = fields.status ?? 0;
    this.title = fields.title ?? message;
    this.requestId = fields.requestId ?? '';
    this.issues = fields.issues ?? [];
    this.retryable = fields.retryable ?? false;
    this.retryAfter = fields.retryAfter;
    this.runId = fields.runId;
  }
}

/** The server could not be reached, or the connection broke off. */
export class ConnectionError extends SwitchboardError {
  override readonly name = 'ConnectionError';

  constructor(cause: unknown, server: string) {
    const message = `The server at ${server} cannot be reached: ${reasonOf(cause)}`;
    super(message, { code: 'CONNECTION_FAILED', retryable: true }, { cause });
  }
}

/** The words of the innermost cause: those of `fetch` itself are "fetch failed". */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  if ('message' in error && error.message !== '') return String(error.message);
  // Node.js has only a code for a name with several addresses.
  return String('code' in error ? error.code : error);
}

/** There was no whole answer within `timeoutMs`. */
export class RequestTimeoutError extends SwitchboardError {
  override readonly name = 'RequestTimeoutError';

  constructor(timeoutMs: number) {
    super(`There was no answer within ${timeoutMs} ms.`, { code: 'REQUEST_TIMEOUT', retryable: true });
  }
}

/** What answered is not Switchboard, such as a proxy's error page. */
export class UnexpectedResponseError extends SwitchboardError {
  override readonly name = 'UnexpectedResponseError';
}
