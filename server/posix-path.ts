import nodePath from 'node:path';

/**
 * A relative path with slashes, as URLs, messages and answers have it, whatever the operating system writes.
 * @param path as the functions of node:path make it.
 */
export function posixPath(path: string, { sep }: Pick<typeof nodePath, 'sep'> = nodePath): string {
  return path.replaceAll(sep, '/');
}
