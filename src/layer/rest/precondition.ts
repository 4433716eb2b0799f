import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { etagOf, names, parseTags, type TagList } from '../http/etag.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Does `work` so that it sees one state of everything, and changes nothing that others have changed since.
 * @throws {ApiError} PRECONDITION_FAILED when others have.
 */
export type Atomically<C> = <T>(context: C, work: (context: C) => Promise<T>) => Promise<T>;

/** What a call wants to be true of the resource it changes (RFC 9110, section 13.1). */
export interface Precondition {
  ifMatch: TagList | null;
  ifNoneMatch: TagList | null;
}

/** The precondition of a call that changes something; `null` without one. @throws {ApiError} BAD_REQUEST */
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
    detail: `${name} must be * or entity tags in double quotes, as an ETag header has them.`,
  });
}

/**
 * Compares a precondition with what a GET of the same path answers now.
 * @param current gives the body of that answer.
 * @throws {ApiError} PRECONDITION_FAILED with the `ETag` of now; what `current` throws, but for "not there" where the
 * call wants just that.
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
  if (ifMatch && !names(ifMatch, etag, 'strong')) throw failed('It was changed since you read it.', etag);
  if (ifNoneMatch && names(ifNoneMatch, etag, 'weak')) throw failed('It is there already.', etag);
}

const failed = (detail: string, etag: string) =>
  new CoreError('PRECONDITION_FAILED', { detail, headers: { etag } });

/** Whether what GET answers is the state that the other method of its path changes. */
export const showsState = (getter: Endpoint, { method }: Endpoint) =>
  method !== 'POST' && getter.produces === 'application/json' && !getter.rest.stream;

/** For a path that has no state to compare with. */
export const nothingToMatch = () =>
  new CoreError('PRECONDITION_FAILED', {
    detail: 'If-Match and If-None-Match work for PUT, PATCH and DELETE where the same path answers to GET.',
  });
