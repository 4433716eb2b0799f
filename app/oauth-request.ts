/** The parameters that the authorization server adds to a request before it opens one of our pages. */
const ADDED = ['sig', 'exp', 'ba_iat', 'ba_pl', 'ba_param'];

type PageQuery = Record<string, string | string[] | undefined>;

/** Returns the query of a page as text. The order of its parameters may differ. */
export function queryText(query: PageQuery): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of value === undefined ? [] : [value].flat()) text.append(name, each);
  }
  return text.toString();
}

/** True if the query of a page is the request of a program for access (RFC 6749, section 4.1.1). */
export const isOauthRequest = (query: PageQuery): boolean =>
  typeof query['client_id'] === 'string' && typeof query['response_type'] === 'string';

/**
 * Returns the path that continues the request of a program after its person has signed in.
 * @param query the query of the page that the authorization server has opened.
 */
export function continuePath(query: PageQuery): string {
  const request = new URLSearchParams(queryText(query));
  for (const name of ADDED) request.delete(name);
  const prompts = (request.get('prompt') ?? '').split(' ').filter((each) => !/^(login|create)?$/.test(each));
  if (prompts.length > 0) request.set('prompt', prompts.join(' '));
  else request.delete('prompt');
  // Satisfied by the sign-in.
  request.delete('max_age');
  return `/api/auth/oauth2/authorize?${request.toString()}`;
}
