// Written by npm run sdk from src/sdk/openapi.json.

import { type ErrorIssue, SwitchboardError, UnexpectedResponseError } from './error.ts';

/** The errors of an API. */
export interface ErrorCatalog {
  /** The class of each code. */
  classes: ReadonlyMap<string, typeof SwitchboardError>;
  /** The API's own fields of problem documents. */
  fields: readonly string[];
}

/** Statuses that a gateway sends if it cannot reach the server. */
const GATEWAY = [502, 503, 504];

/** Reads the body of an unsuccessful response and returns its error. */
export async function errorOf(response: Response, catalog: ErrorCatalog): Promise<SwitchboardError> {
  const text = await response.text();
  const problem = fieldsOf(parse(text));
  const retryAfter = secondsOf(response.headers.get('retry-after'));
  if (typeof problem['code'] === 'string') return problemError(problem, catalog, retryAfter);
  return unexpected(response, text, retryAfter);
}

/** Returns the error for a response that does not come from the API. */
export function unexpected(
  { status, headers }: Response,
  text: string,
  retryAfter?: number,
): UnexpectedResponseError {
  return new UnexpectedResponseError(`Status ${status}: ${text.slice(0, 200)}`, {
    code: 'UNEXPECTED_RESPONSE',
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryable: status === 429 || GATEWAY.includes(status),
    retryAfter,
  });
}

/**
 * Returns the error that a problem document (RFC 9457) describes, as an instance of the class for its code.
 * @param retryAfter the seconds from the header Retry-After, if there is one.
 */
export function problemError(
  problem: Record<string, unknown>,
  { classes, fields }: ErrorCatalog,
  retryAfter?: number,
): SwitchboardError {
  const text = (name: string) => (typeof problem[name] === 'string' ? problem[name] : undefined);
  const number = (name: string) => (typeof problem[name] === 'number' ? problem[name] : undefined);
  const code = text('code') ?? 'UNEXPECTED_RESPONSE';
  const Class = classes.get(code) ?? SwitchboardError;
  const title = text('title');
  return new Class(text('detail') ?? title ?? code, {
    code,
    status: number('status'),
    title,
    requestId: text('requestId'),
    issues: Array.isArray(problem['issues']) ? problem['issues'].filter(isIssue) : [],
    retryable: problem['retryable'] === true,
    retryAfter: retryAfter ?? number('retryAfter'),
    own: Object.fromEntries(fields.map((name) => [name, problem[name]])),
  });
}

/** Parses JSON. Returns undefined if the text is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the fields of an object, and no fields for any other value. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function isIssue(value: unknown): value is ErrorIssue {
  const { pointer, message } = fieldsOf(value);
  return typeof pointer === 'string' && typeof message === 'string';
}

/** Parses Retry-After (RFC 9110, section 10.2.3): seconds, or a date. */
function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
