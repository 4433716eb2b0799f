import { TRPCClientError } from '@trpc/client';
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
    (value['issues'] === undefined || (Array.isArray(value['issues']) && value['issues'].every(isIssue)))
  );
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
  if (error instanceof TRPCClientError && isErrorData(error.data)) return error.data;
  return null;
}

/** Returns an error to show: a `CallError` with the server's detail, or an error that the server was not reached. */
export function toCallError(error: unknown): Error {
  const data = errorDataOf(error);
  if (data) return new CallError(data);
  return new Error('The server could not be reached. Check your connection and try again.', { cause: error });
}

/** Returns the message of an error to show to users. */
export function errorMessage(error: unknown): string {
  return toCallError(error).message;
}

/** Returns the error message of each form field by its name. Only the first level of the input is considered. */
export function fieldErrors(error: unknown): Record<string, string> {
  const issues = errorDataOf(error)?.issues ?? [];
  return Object.fromEntries(
    issues.map(({ pointer, message }) => {
      const [field = ''] = pointer.slice(1).split('/', 1);
      return [field, `${message.charAt(0).toUpperCase()}${message.slice(1)}`];
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
