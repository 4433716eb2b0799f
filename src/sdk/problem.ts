import { type ErrorIssue, SwitchboardError, UnexpectedResponseError } from './error.ts';
import { ERRORS } from './generated/errors.gen.ts';

/** Statuses by which a gateway says that there was no server behind it. */
const GATEWAY = [502, 503, 504];

/** The error that an answer other than a success stands for; reads its body. */
export async function errorOf(response: Response): Promise<SwitchboardError> {
  const text = await response.text();
  const problem = fieldsOf(parse(text));
  const retryAfter = secondsOf(response.headers.get('retry-after'));
  if (typeof problem['code'] === 'string') return problemError(problem, retryAfter);
  return unexpected(response, text, retryAfter);
}

/** The error of an answer that the API does not give. */
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
 * The error that a problem document (RFC 9457) describes, of the class of its code.
 * @param retryAfter seconds, where a header says so.
 */
export function problemError(problem: Record<string, unknown>, retryAfter?: number): SwitchboardError {
  const text = (name: string) => (typeof problem[name] === 'string' ? problem[name] : undefined);
  const number = (name: string) => (typeof problem[name] === 'number' ? problem[name] : undefined);
  const code = text('code') ?? 'UNEXPECTED_RESPONSE';
  const Class = ERRORS.get(code) ?? SwitchboardError;
  const title = text('title');
  return new Class(text('detail') ?? title ?? code, {
    code,
    status: number('status'),
    title,
    requestId: text('requestId'),
    issues: Array.isArray(problem['issues']) ? problem['issues'].filter(isIssue) : [],
    retryable: problem['retryable'] === true,
    retryAfter: retryAfter ?? number('retryAfter'),
    runId: text('runId'),
  });
}

/** JSON, or undefined for what is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function isIssue(value: unknown): value is ErrorIssue {
  const { pointer, message } = fieldsOf(value);
  return typeof pointer === 'string' && typeof message === 'string';
}

/** Retry-After (RFC 9110, section 10.2.3): seconds, or a date. */
function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
