/** The first segments of paths that are not procedures. A procedure with such a name is below `procedures`. */
const RESERVED: ReadonlySet<string> = new Set(['assets', 'errors', 'guides', 'index', 'procedures']);

/** Returns the path of a page below that of the reference, percent-encoded: `things.get` becomes `things/get`. */
export function pathOf(name: string): string {
  const segments = name.split('.').map(encodeURIComponent);
  return (RESERVED.has(segments[0] ?? '') ? ['procedures', ...segments] : segments).join('/');
}

/** Returns the path of the page of an error code. */
export const errorPath = (code: string): string => `errors/${encodeURIComponent(code)}`;

/** Returns the path of the page of a guide. @param file its path below the folder of the guides. */
export const guidePath = (file: string): string =>
  `guides/${file.replace(/\.md$/, '').split('/').map(encodeURIComponent).join('/')}`;

/** Returns the id of a heading, as GitHub creates it. */
export const idOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** Returns the name of the router that contains a procedure or a router; `''` for the root. */
export const routerOf = (name: string): string => name.split('.').slice(0, -1).join('.');

/**
 * Returns a path as `pathOf` writes it, if it was sent with another encoding; `null` if its encoding is not valid.
 */
export function normalized(path: string): string | null {
  try {
    return path
      .split('/')
      .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
      .join('/');
  } catch {
    return null;
  }
}
