import nodePath from 'node:path';

/**
 * Returns a relative path with slashes on every operating system, for URLs, messages and the offline guide.
 * @param path a path from the functions of node:path.
 */
export function posixPath(path: string, { sep }: Pick<typeof nodePath, 'sep'> = nodePath): string {
  return path.replaceAll(sep, '/');
}
