import type { Deprecation } from '../deprecation.ts';
import { parseUrl } from '../http/url.ts';
import { PLACEHOLDER } from './template.ts';

/** The names and values of headers. */
export type DeprecationHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Returns the headers that announce the end of an endpoint: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link`
 * with more information. A deprecation without a date has none. `checkDeprecations` has checked it.
 */
export function deprecationHeaders(deprecation: Deprecation | null): DeprecationHeaders {
  const { since, sunset, link } = deprecation ?? {};
  const page = link === undefined ? null : parseUrl(link);
  return [
    ...(since === undefined ? [] : [['deprecation', `@${Math.floor(Date.parse(since) / 1000)}`] as const]),
    ...(sunset === undefined ? [] : [['sunset', new Date(sunset).toUTCString()] as const]),
    ...(page ? [['link', `<${page.href}>; rel="deprecation"`] as const] : []),
  ];
}

/** The part of an endpoint that decides what replaces it. */
interface Replaceable {
  name: string;
  deprecation: Deprecation | null;
}

/** Returns a function from an endpoint to the one that replaces it; `undefined` if REST serves none. */
export function successors<E extends Replaceable>(endpoints: readonly E[]): (endpoint: E) => E | undefined {
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  return ({ deprecation }) => byName.get(deprecation?.successor ?? '');
}

/**
 * Returns the `Link` to the successor of an endpoint (RFC 5829), with the parameters of the request; `null` if the path
 * of the successor needs others.
 * @param base the path of the REST surface, as clients see it. @param values the values of the path, as in the URL.
 */
export function successorLink(
  base: string,
  { params }: { params: readonly string[] },
  {
    values,
    successor,
  }: { values: readonly string[]; successor: { path: string; params: readonly string[] } },
): string | null {
  if (!successor.params.every((name) => params.includes(name))) return null;
  const path = successor.path.replace(PLACEHOLDER, (_, name: string) => values[params.indexOf(name)] ?? '');
  return `<${base}${path}>; rel="successor-version"`;
}
