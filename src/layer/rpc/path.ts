import { CoreError } from '../errors/api-error.ts';

/** Where the RPC surface lives. */
export const ENDPOINT = '/api/trpc';

/** The procedures that a path names, in order; more than one only in a batch. */
export interface RpcPath {
  names: string[];
  isBatch: boolean;
}

/** @throws {ApiError} BAD_REQUEST for a path that is not percent-encoded UTF-8. */
export function parseRpcPath({ pathname, searchParams }: URL): RpcPath {
  let path: string;
  try {
    path = decodeURIComponent(pathname.slice(ENDPOINT.length + 1));
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The path is not percent-encoded UTF-8.', cause });
  }
  const isBatch = searchParams.get('batch') === '1';
  const names = isBatch ? path.split(',') : [path];
  return { names, isBatch };
}
