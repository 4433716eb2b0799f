import { isErrorCode } from '#contract/error-codes';
import type { ErrorData } from '#contract/errors';
import type { ErrorIssue } from '#layer/client';
import { noteMaintenance } from './maintenance.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isIssue = (value: unknown): value is ErrorIssue =>
  isRecord(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string';

/** True if `value` is an error of our server: `error.data` of RPC, or a problem document of REST. */
export function isErrorData(value: unknown): value is ErrorData {
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

/** Returns the first time in a text of the server, as it is written there. */
export const timeIn = (text: string): string | undefined => text.match(INSTANT)?.[0];

/** Replaces the times in a text of the server, which are in UTC, by the user's local time in the format of a locale. */
export function inLocalTime(text: string, locale: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return text.replace(INSTANT, (instant) => new Date(instant).toLocaleString(locale, style));
}

/** An error response of our server. Its message is the detail. Pages show it by `useErrorMessages`. */
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

/** The longest wait that is counted down, in seconds. For a longer one, the message has the time. */
const MAX_COUNTDOWN = 600;

/** A failed call, for a note with a button that repeats it. */
export interface Failure {
  message: string;
  /** The time from which a retry makes sense, in milliseconds; null for now. */
  retryAt: number | null;
}

/** Returns the time from which a retry makes sense after an error that has just occurred. */
export function retryTimeOf(error: unknown): number | null {
  const wait = errorDataOf(error)?.retryAfter ?? 0;
  return wait > 0 && wait <= MAX_COUNTDOWN ? Date.now() + wait * 1000 : null;
}

/** Reads an unsuccessful response of the REST or the auth surface. */
export async function responseError(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  if (!isErrorData(body)) return new Error(`The server returned status ${response.status}.`);
  if (body.code === 'MAINTENANCE') noteMaintenance();
  return new CallError(body);
}
