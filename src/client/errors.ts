import { TRPCClientError } from '@trpc/client';
import { type ErrorData, type ErrorIssue, isErrorCode } from '#contract/errors';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isIssue = (value: unknown): value is ErrorIssue =>
  isRecord(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string';

/** Whether `value` is an error as our server describes it: RPC's `error.data`, or a problem document of REST. */
function isErrorData(value: unknown): value is ErrorData {
  return (
    isRecord(value) &&
    isErrorCode(value['code']) &&
    typeof value['status'] === 'number' &&
    typeof value['detail'] === 'string' &&
    (value['issues'] === undefined || (Array.isArray(value['issues']) && value['issues'].every(isIssue)))
  );
}

/** A refusal of our server: its message is the catalogue's detail, written for people. */
export class CallError extends Error {
  override name = 'CallError';
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(data.detail);
    this.data = data;
  }
}

/** What the server said of an error; `null` when the server said nothing, as when it was not reached. */
export function errorDataOf(error: unknown): ErrorData | null {
  if (error instanceof CallError) return error.data;
  if (error instanceof TRPCClientError && isErrorData(error.data)) return error.data;
  return null;
}

/** An error to show: a `CallError` with the server's detail, or one that says that the server was not reached. */
export function toCallError(error: unknown): Error {
  const data = errorDataOf(error);
  if (data) return new CallError(data);
  return new Error('The server could not be reached. Check your connection and try again.', { cause: error });
}

/** What to tell people of an error. */
export function messageOf(error: unknown): string {
  return toCallError(error).message;
}

/** What is wrong with each field of a form, by the field's name; only the first level of the input is looked at. */
export function fieldErrors(error: unknown): Record<string, string> {
  const issues = errorDataOf(error)?.issues ?? [];
  return Object.fromEntries(
    issues.map(({ pointer, message }) => {
      const [field = ''] = pointer.slice(1).split('/', 1);
      return [field, `${message.charAt(0).toUpperCase()}${message.slice(1)}`];
    }),
  );
}

/** Reads a failed response of the REST or the auth surface. */
export async function responseError(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  return isErrorData(body)
    ? new CallError(body)
    : new Error(`The server answered with status ${response.status}.`);
}
