import type { AnyTRPCRouter } from '@trpc/server';
import { endpointsOf, proceduresOf } from '#layer/index';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** What a segment is written as that a caller has made up. */
const UNKNOWN = '*';
/** A longer path names nothing that is served, and is not taken apart. */
const MAX_PATH = 1000;
/** How many paths are remembered. */
const MAX_REMEMBERED = 1000;
const OWN = 'api trpc v1 auth chat stream openapi.json health ready';

/**
 * Compiles how the log writes the path of a request: segments that the API itself has, and ids, as they are; the rest, which may
 * be a key in the wrong place, as `*`. A path has a limited length.
 */
export function namePaths(router: AnyTRPCRouter, paths: readonly string[]): (path: string) => string {
  const words = new Set(['', ...OWN.split(' ')]);
  for (const [name] of proceduresOf(router)) words.add(name);
  for (const { path } of endpointsOf(router)) for (const word of path.split('/')) words.add(word);
  for (const path of paths) for (const word of path.split('/')) words.add(word);
  const remembered = new Map<string, string>();

  const nameOf = (word: string) => (words.has(word) || ID.test(word) ? word : UNKNOWN);
  const nameSegment = (segment: string) =>
    segment.includes(',') ? segment.split(',').map(nameOf).join() : nameOf(segment);

  return (path) => {
    const before = remembered.get(path);
    if (before !== undefined) return before;
    if (path.length > MAX_PATH) return UNKNOWN;
    const name = path.split('/').map(nameSegment).join('/');
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(path, name);
    return name;
  };
}
