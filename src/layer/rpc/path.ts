import type { AnyTRPCRouter } from '@trpc/server';
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
 * @param separator the character between the segments of a path, in addition to a dot.
 * @throws {ApiError} BAD_REQUEST for a path that is not percent-encoded UTF-8.
 */
export function parseRpcPath(
  { path, searchParams }: Pick<Call, 'path' | 'searchParams'>,
  base: string,
  separator = '.',
): RpcPath {
  const decoded = decode(path.slice(base.length + 1));
  const isBatch = searchParams.get('batch') === '1';
  const dotted = separator === '.' ? decoded : decoded.replaceAll(separator, '.');
  const names = isBatch ? dotted.split(',') : [dotted];
  return { names, isBatch };
}

function decode(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The path is not percent-encoded UTF-8.', cause });
  }
}

/**
 * Returns the separator in the paths of a router's URLs, which tRPC 11.25 and later let a router choose: `~` for
 * `/things~get`.
 */
export function separatorOf(router: AnyTRPCRouter): string {
  const separator: unknown = Reflect.get(router._def._config, 'pathSeparator');
  return typeof separator === 'string' && separator !== '' ? separator : '.';
}
