/** Stands in for our origin, which does not matter here. */
const HERE = 'http://here.invalid';

const FALLBACK = '/chat';

/**
 * Returns where to go after signing in: `next` if it is a path of this site, else `/chat`. Every spelling is read as a browser
 * reads it, and what remains is a path that it resolves to this site: not `//evil.example`, nor what becomes that once dot
 * segments are gone, such as `/.//evil.example`.
 */
export function nextPath(next: string | string[] | undefined): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return FALLBACK;
  const url = URL.parse(next, HERE);
  if (url?.origin !== HERE || url.pathname.startsWith('//')) return FALLBACK;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The sign-in that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}
