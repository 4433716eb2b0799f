import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemDocument } from '#layer/index';
import { type AppError, errors } from '#server/errors';
import { PAGE_HEADERS } from './headers.ts';
import { PLAIN_POLICY } from './policy.ts';
import { PRODUCT } from '#contract/product';

/** The form of an error response: a page for a person, or a problem document (RFC 9457). */
export type RejectionForm = 'page' | 'problem';

/** A response that costs almost nothing, because it needs no Next.js, no database and no file. */
export interface Rejection {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Returns the form that a client can read: a page for browsers, because they list HTML in Accept. */
export function formFor({ headers }: IncomingMessage): RejectionForm {
  return headers.accept?.includes('text/html') === true ? 'page' : 'problem';
}

/** Returns the response to a request that is rejected before a procedure or a page is reached. */
export function rejectionOf(error: AppError, form: RejectionForm): Rejection {
  const { retryAfter, headers = {} } = error.options;
  const requestId = randomUUID();
  const isPage = form === 'page';
  return {
    status: error.definition.status,
    headers: {
      ...(isPage
        ? { ...PAGE_HEADERS, 'Content-Security-Policy': PLAIN_POLICY }
        : { 'X-Content-Type-Options': 'nosniff' }),
      'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/problem+json',
      'Cache-Control': 'private, no-store',
      'X-Request-Id': requestId,
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
      ...headers,
    },
    body: isPage ? page(error) : JSON.stringify(problemDocument(errors, error, requestId)),
  };
}

/** Responds to a request with an error. If the body is still arriving, Node discards it. */
export function reject(
  req: IncomingMessage,
  res: ServerResponse,
  error: AppError,
  form: RejectionForm = formFor(req),
): void {
  const { status, headers, body } = rejectionOf(error, form);
  res.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  res.end(req.method === 'HEAD' ? undefined : body);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? '');

/** Returns a self-contained page: it needs no script, style sheet or further request. */
function page(error: AppError): string {
  const { title, retryable } = error.definition;
  const detail = error.message === title ? '' : `<p>${escape(error.message)}</p>`;
  const link = retryable ? '<a href="">Try again</a>' : '<a href="/">Home</a>';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · ${escape(PRODUCT.name)}</title>
</head>
<body style="font-family: system-ui, sans-serif; padding: 20vh 1rem; text-align: center">
<h1>${escape(title)}</h1>
${detail}
<p>${link}</p>
</body>
</html>
`;
}
