import type { AnyTRPCRouter } from '@trpc/server';
import { endpointsOf, proceduresOf } from '#layer/index';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Replaces a segment that is not part of the API. */
const UNKNOWN = '*';
/** The length of the longest path that is parsed. No path of the API is longer. */
const MAX_PATH = 1000;
/** The number of cached paths. */
const MAX_CACHED = 1000;
const OWN = 'api trpc v1 mcp auth chat stream openapi.json health ready docs llms.txt errors guides metrics';

/**
 * Returns a function that formats the path of a request for the log. It keeps ids and segments of the API, and replaces
 * the rest by `*`, because it may be a key in the wrong place. The result has a limited length.
 * @param paths further paths of the API whose segments are kept.
 */
export function namePaths(router: AnyTRPCRouter, paths: readonly string[]): (path: string) => string {
  const words = new Set(['', ...OWN.split(' ')]);
  for (const [name] of proceduresOf(router)) for (const word of [name, ...name.split('.')]) words.add(word);
  for (const { path } of endpointsOf(router)) for (const word of path.split('/')) words.add(word);
  for (const path of paths) for (const word of path.split('/')) words.add(word);
  const cache = new Map<string, string>();

  const nameOf = (word: string) => (words.has(word) || ID.test(word) ? word : UNKNOWN);
  const nameSegment = (segment: string) =>
    segment.includes(',') ? segment.split(',').map(nameOf).join() : nameOf(segment);

  return (path) => {
    const cached = cache.get(path);
    if (cached !== undefined) return cached;
    if (path.length > MAX_PATH) return UNKNOWN;
    const name = path.split('/').map(nameSegment).join('/');
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(path, name);
    return name;
  };
}
