/**
 * The schemes of applications that have no domain in them, although they should (RFC 8252, section 7.1). Each belongs to
 * a widely used client of MCP.
 */
export const APP_SCHEMES = ['cursor', 'vscode', 'vscode-insiders', 'warp'] as const;

/** The characters of URIs (RFC 3986), without the fragment's. A wildcard is valid, but is none for us. */
const CHARACTERS = /^[\w\-.~:/?[\]@!$&'()+,;=%]+$/;
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:[/?]|$)/;
const LOOPBACK_NAME = /^(?:(?:.*\.)?localhost\.?|127\..*|\[::1\])$/;
/** An application's own scheme with its domain in reverse, such as com.example.app:/callback. */
const REVERSE_DOMAIN = /^[a-z][a-z\d-]*(?:\.[a-z\d-]+)+:\/(?!\/)/;
const APP = new RegExp(`^(?:${APP_SCHEMES.join('|')})://[^/?]+/`);

/** What can be wrong with a redirect URI, with the text of the API. */
const FAULTS = {
  fragment: 'must not have a fragment. Remove # and what follows.',
  wildcard: 'must not have a wildcard. Enter each redirect URI.',
  incomplete: 'must be a whole URI, without spaces and special characters',
  password: 'must not have a user name or a password',
  loopback: 'must start with http:// on a loopback address',
  scheme: `must start with https://, with http:// on localhost, 127.0.0.1 or [::1], with a scheme such as com.example.app:/, or with one of ${APP_SCHEMES.map((scheme) => `${scheme}://`).join(', ')}`,
};

/**
 * Returns why a client cannot have a redirect URI (RFC 6749, section 3.1.2; RFC 8252, section 7); `null` if it can. Any
 * port of a loopback address matches the registered one.
 */
export function redirectFault(uri: string): keyof typeof FAULTS | null {
  if (uri.includes('#')) return 'fragment';
  if (uri.includes('*')) return 'wildcard';
  const url = URL.parse(uri);
  if (!url || !CHARACTERS.test(uri)) return 'incomplete';
  if (url.username !== '' || url.password !== '') return 'password';
  if (uri.startsWith('https://')) return LOOPBACK_NAME.test(url.hostname) ? 'loopback' : null;
  return LOOPBACK.test(uri) || REVERSE_DOMAIN.test(uri) || APP.test(uri) ? null : 'scheme';
}

/** Returns the text of the API for `redirectFault`; `null` if there is no fault. */
export function redirectProblem(uri: string): string | null {
  const fault = redirectFault(uri);
  return fault && FAULTS[fault];
}
