import { type ErrorData, isErrorCode } from '#contract/errors';
import type { ErrorIssue } from '#layer/client';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isIssue = (value: unknown): value is ErrorIssue =>
  isRecord(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string';

/** True if `value` is an error of our server: `error.data` of RPC, or a problem document of REST. */
function isErrorData(value: unknown): value is ErrorData {
  return (
    isRecord(value) &&
    isErrorCode(value['code']) &&
    typeof value['status'] === 'number' &&
    typeof value['detail'] === 'string' &&
    (value['retryAfter'] === undefined || typeof value['retryAfter'] === 'number') &&
    (value['issues'] === undefined || (Array.isArray(value['issues']) && value['issues'].every(isIssue)))
  );
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Replaces the times in a text of the server, which are in UTC, by the user's local time. */
export function inLocalTime(text: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return text.replace(INSTANT, (instant) => new Date(instant).toLocaleString(undefined, style));
}

/** An error response of our server. Its message is the detail, which is written for users. */
export class CallError extends Error {
  override name = 'CallError';
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(data.detail);
    this.data = data;
  }
}

/** Returns the error data that the server sent, or `null` if there is none, such as after a network error. */
export function errorDataOf(error: unknown): ErrorData | null {
  if (error instanceof CallError) return error.data;
  // A `TRPCClientError`. Its class would add tRPC's client to pages that do not use it.
  if (error instanceof Error && 'data' in error && isErrorData(error.data)) return error.data;
  return null;
}

/** Returns an error to show: a `CallError` with the server's detail, or an error that the server was not reached. */
export function toCallError(error: unknown): Error {
  const data = errorDataOf(error);
  if (data) return new CallError(data);
  return new Error('The server could not be reached. Check your connection and try again.', { cause: error });
}

/** Returns the message of an error to show to users, with times in their time zone. */
export function errorMessage(error: unknown): string {
  return inLocalTime(toCallError(error).message);
}

/** The longest wait that is counted down, in seconds. For a longer one, the message has the time. */
const MAX_COUNTDOWN = 600;

/** A failed call, for a note with a button that repeats it. */
export interface Failure {
  message: string;
  /** The time from which a retry makes sense, in milliseconds; null for now. */
  retryAt: number | null;
}

/** Returns what to show for an error that has just occurred. */
export function failureOf(error: unknown): Failure {
  const wait = errorDataOf(error)?.retryAfter ?? 0;
  const retryAt = wait > 0 && wait <= MAX_COUNTDOWN ? Date.now() + wait * 1000 : null;
  return { message: errorMessage(error), retryAt };
}

/** The server's words for mistakes that a form does not notice itself, and what to tell its user. */
const INSTRUCTIONS: [RegExp, string][] = [
  [/^(?:is required|must not be empty)$/, 'Fill in this field'],
  [/^must have (at least|at most|exactly) (\d+ characters?)$/, 'Use $1 $2'],
  [/^must be an email address$/, 'Enter an email address'],
  [/^must be (at least|at most) (\d+)$/, 'Enter a number of $1 $2'],
  [/^must be a URL, such as (.*)$/, 'Enter a web address, such as $1'],
  [/^must be one line$/, 'Use a single line'],
  [/^must be well-formed Unicode without NUL characters$/, 'Remove the characters that cannot be shown'],
  [/^must match .*$/, 'Use other characters'],
];

/** Returns an instruction for the user of a form. */
function instructionFor(message: string): string {
  for (const [words, instruction] of INSTRUCTIONS) {
    if (words.test(message)) return message.replace(words, instruction);
  }
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}

/** Returns the error message of each form field by its name. Only the first level of the input is considered. */
export function fieldErrors(error: unknown): Record<string, string> {
  const issues = errorDataOf(error)?.issues ?? [];
  return Object.fromEntries(
    issues.map(({ pointer, message }) => {
      const [field = ''] = pointer.slice(1).split('/', 1);
      return [field, instructionFor(message)];
    }),
  );
}

/** Reads an unsuccessful response of the REST or the auth surface. */
export async function responseError(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  return isErrorData(body)
    ? new CallError(body)
    : new Error(`The server returned status ${response.status}.`);
}
