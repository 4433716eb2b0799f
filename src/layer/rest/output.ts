import type { Call } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import type { BufferedResponse } from '../call/response.ts';
import { PLACEHOLDER } from './template.ts';

/** A response whose body is text, so it can be hashed, stored and compressed before it is sent. */
export interface TextResponse extends BufferedResponse {
  body: string | null;
}

/** Returns the headers of a successful response, with those that the call has set. */
export function successHeaders({ id, responseHeaders }: Pick<Call, 'id' | 'responseHeaders'>): HeaderList {
  const headers = HeaderList.of(['cache-control', 'private, no-store', 'x-request-id', id]);
  for (const [name, value] of responseHeaders) {
    if (name === 'set-cookie') headers.append(name, value);
    else headers.set(name, value);
  }
  return headers;
}

/**
 * Returns the path of a created resource: `template` with each `{name}` from the output, percent-encoded.
 * @param base the path of the REST surface.
 */
export function locationOf(base: string, template: string, output: unknown): string {
  return (
    base + template.replace(PLACEHOLDER, (_, name: string) => encodeURIComponent(String(get(output, name))))
  );
}

/**
 * Returns the `Link` to the next page (RFC 8288), with the other parameters unchanged; `null` if the output has no
 * cursor.
 */
export function nextLink(
  { publicPath, path, query: sent }: Pick<Call, 'publicPath' | 'path' | 'query'>,
  output: unknown,
): string | null {
  const cursor = get(output, 'nextCursor');
  if (typeof cursor !== 'string') return null;
  const query = new URLSearchParams(sent);
  query.set('cursor', cursor);
  return `<${publicPath}${path}?${query.toString()}>; rel="next"`;
}

function get(output: unknown, name: string): unknown {
  if (typeof output !== 'object' || output === null || !Object.hasOwn(output, name)) return undefined;
  return Reflect.get(output, name);
}
