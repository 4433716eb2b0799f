/** Stands in for our origin, which does not matter here. */
const HERE = 'http://here.invalid';

/**
 * Where to go after signing in: `next` when it is a path of this site, `/chat` otherwise. An address of another site in
 * any disguise (`//evil.example`, `/\evil.example`, `javascript:…`) is not followed.
 */
export function nextPath(next: string | string[] | undefined): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/chat';
  const url = URL.parse(next, HERE);
  return url?.origin === HERE ? `${url.pathname}${url.search}${url.hash}` : '/chat';
}

/** The sign-in that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}
