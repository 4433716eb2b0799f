import { type BufferedResponse, jsonResponse } from '../call/response.ts';
import type { ApiError } from './api-error.ts';
import type { ErrorData } from './catalog.ts';
import type { Errors } from './define.ts';

/** A problem document (RFC 9457). Its type is the URL of the page of its code, or `about:blank` if there is none. */
export type Problem<Data extends ErrorData = ErrorData> = Data & { type: string };

/** Returns the type of the problem documents of a code. @param types the URL to which the code is added. */
export const problemTypeOf = (code: string, types: string | undefined): string =>
  types === undefined ? 'about:blank' : types + encodeURIComponent(code);

/** Returns an error as a problem document. */
export function problemDocument({ dataOf, types }: Errors, error: ApiError, requestId: string): Problem {
  const { detail, title, status, ...rest } = dataOf(error, requestId);
  return { type: problemTypeOf(error.kind, types), title, status, detail, ...rest };
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
