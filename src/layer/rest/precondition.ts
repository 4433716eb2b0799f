import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { etagOf, names, parseTags, type TagList } from '../http/etag.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Runs `work` in one transaction: it sees one state of the data, and its changes fail if the data has changed since.
 * @param work receives the context to use inside the transaction.
 * @throws {ApiError} PRECONDITION_FAILED if another request has changed the same data; the errors of `work`.
 */
export type Atomically<C> = <T>(context: C, work: (context: C) => Promise<T>) => Promise<T>;

/** The condition that a resource must meet for a change (RFC 9110, section 13.1). */
export interface Precondition {
  ifMatch: TagList | null;
  ifNoneMatch: TagList | null;
}

/**
 * Returns the precondition of a change; `null` if there is none, or for GET.
 * @throws {ApiError} BAD_REQUEST for a header that is not `*` or a list of entity tags.
 */
export function readPrecondition(method: string, call: Pick<Call, 'header'>): Precondition | null {
  if (method === 'GET') return null;
  const ifMatch = readTags(call, 'if-match');
  const ifNoneMatch = readTags(call, 'if-none-match');
  return ifMatch || ifNoneMatch ? { ifMatch, ifNoneMatch } : null;
}

function readTags(call: Pick<Call, 'header'>, name: 'if-match' | 'if-none-match'): TagList | null {
  const value = call.header(name);
  if (value === null) return null;
  const tags = parseTags(value);
  if (tags) return tags;
  throw new CoreError('BAD_REQUEST', {
    detail: `${name} must be * or entity tags in double quotes, such as the value of an ETag header.`,
  });
}

/**
 * Compares a precondition with the current response to a GET of the same path.
 * @param current returns the body of that response.
 * @throws {ApiError} PRECONDITION_FAILED with the current `ETag`; the errors of `current`, except NOT_FOUND if there is
 *   only an If-None-Match, which a missing resource meets.
 */
export async function check(
  { ifMatch, ifNoneMatch }: Precondition,
  current: () => Promise<string>,
  { toError }: Errors,
): Promise<void> {
  let etag: string;
  try {
    etag = etagOf(await current());
  } catch (thrown) {
    const error = toError(thrown);
    if (error.kind === 'NOT_FOUND' && !ifMatch) return;
    throw error;
  }
  if (ifMatch && !names(ifMatch, etag, 'strong')) {
    throw failed('If-Match failed: the resource has changed since you read it.', etag);
  }
  if (ifNoneMatch && names(ifNoneMatch, etag, 'weak')) {
    throw failed('If-None-Match failed: the resource already exists in this state.', etag);
  }
}

const failed = (detail: string, etag: string) =>
  new CoreError('PRECONDITION_FAILED', { detail, headers: { etag } });

/** True if the response to GET shows the state that another operation of the same path changes. */
export const showsState = (getter: Endpoint, { method }: Endpoint) =>
  method !== 'POST' && getter.produces === 'application/json' && !getter.rest.stream;

/** Returns the error for a precondition on a path without a state to compare with. */
export const nothingToMatch = () =>
  new CoreError('PRECONDITION_FAILED', {
    detail: 'If-Match and If-None-Match work for PUT, PATCH and DELETE if the same path supports GET.',
  });
