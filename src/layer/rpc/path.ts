import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';

/** The procedures in the path of a request. */
export interface RpcPath {
  /** Their paths in the router, in order; more than one only in a batch. */
  names: string[];
  isBatch: boolean;
}

/**
 * Returns the procedures that a request calls.
 * @param base the path of the RPC surface, such as `/api/trpc`.
 * @throws {ApiError} BAD_REQUEST for a path that is not percent-encoded UTF-8.
 */
export function parseRpcPath(
  { path, searchParams }: Pick<Call, 'path' | 'searchParams'>,
  base: string,
): RpcPath {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.slice(base.length + 1));
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The path is not percent-encoded UTF-8.', cause });
  }
  const isBatch = searchParams.get('batch') === '1';
  const names = isBatch ? decoded.split(',') : [decoded];
  return { names, isBatch };
}
