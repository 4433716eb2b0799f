import { type BufferedResponse, jsonResponse } from '../call/response.ts';
import type { ApiError } from './api-error.ts';
import type { ErrorData } from './catalogue.ts';
import type { Errors } from './define.ts';

/** A problem document (RFC 9457). */
export type Problem<Data extends ErrorData = ErrorData> = Data & { type: 'about:blank' };

/** Returns an error as a problem document. */
export function problemDocument({ dataOf }: Errors, error: ApiError, requestId: string): Problem {
  const { detail, title, status, ...rest } = dataOf(error, requestId);
  return { type: 'about:blank', title, status, detail, ...rest };
}

/** Returns the response that carries an error, with the headers it needs. */
export function problem(
  errors: Errors,
  error: ApiError,
  requestId: string,
  headers: Record<string, string> = {},
): BufferedResponse {
  const document = problemDocument(errors, error, requestId);
  return jsonResponse(document, {
    status: document.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'private, no-store',
      'x-request-id': requestId,
      ...(document.retryAfter !== undefined && { 'retry-after': String(document.retryAfter) }),
      ...error.options.headers,
      ...headers,
    },
  });
}
