/** A placeholder for our origin, which does not matter here. */
const HERE = 'http://here.invalid';

const FALLBACK = '/chat';

/**
 * Returns the path to open after signing in: `next` if it is a path of this site, else `/chat`. It is parsed like in a
 * browser, so the result always resolves to this site. It is never `//evil.example`, nor a path that becomes so after
 * dot segments are removed, such as `/.//evil.example`.
 */
export function nextPath(next: string | string[] | undefined): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return FALLBACK;
  const url = URL.parse(next, HERE);
  if (url?.origin !== HERE || url.pathname.startsWith('//')) return FALLBACK;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Returns the URL of the sign-in that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}
