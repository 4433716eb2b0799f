import { parseUrl } from '../http/url.ts';
import type { RestMeta } from '../meta.ts';

/** The names and values of headers. */
export type DeprecationHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Returns the headers that announce the end of an endpoint: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link`
 * with more information.
 * @throws {Error} for an invalid date or link, or if the OpenAPI document does not show the endpoint as deprecated.
 */
export function deprecationHeaders(
  { deprecation }: RestMeta,
  openapi: { deprecated?: boolean },
): DeprecationHeaders {
  if (!deprecation) return [];
  if (openapi.deprecated !== true) {
    throw new Error(
      '`rest.deprecation` needs `openapi.deprecated: true`, so the OpenAPI document shows it too.',
    );
  }
  const { since, sunset, link } = deprecation;
  const headers: [string, string][] = [['deprecation', `@${Math.floor(instantOf(since).getTime() / 1000)}`]];
  if (sunset !== undefined) {
    if (instantOf(sunset) < instantOf(since)) throw new Error('`rest.deprecation.sunset` is before `since`.');
    headers.push(['sunset', instantOf(sunset).toUTCString()]);
  }
  if (link !== undefined) {
    const page = parseUrl(link);
    if (!page) throw new Error(`"${link}" of \`rest.deprecation\` is not a URL.`);
    headers.push(['link', `<${page.href}>; rel="deprecation"`]);
  }
  return headers;
}

function instantOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new Error(`"${text}" of \`rest.deprecation\` is not a date in ISO 8601.`);
  return date;
}
