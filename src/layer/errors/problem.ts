import { type BufferedResponse, jsonResponse } from '../call/response.ts';
import type { ApiError } from './api-error.ts';
import type { ErrorData } from './catalog.ts';
import type { Errors } from './define.ts';

/** A problem document (RFC 9457). */
export type Problem<Data extends ErrorData = ErrorData> = Data & { type: 'about:blank' };

/** Returns an error as a problem document. */
export function problemDocument({ dataOf }: Errors, error: ApiError, requestId: string): Problem {
  const { detail, title, status, ...rest } = dataOf(error, requestId);
  return { type: 'about:blank', title, status, detail, ...rest };
}

/**
 * Returns the response for an error: a problem document (RFC 9457) as `application/problem+json`, with `Retry-After` in
 * seconds if a retry has a time, `X-Request-Id`, and the headers that the error needs. It must not be cached.
 * @param headers additional headers; they replace headers of the same name.
 */
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
