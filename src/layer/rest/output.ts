import type { Call } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import type { BufferedResponse } from '../call/response.ts';
import { PLACEHOLDER } from './endpoint.ts';

/** An answer whose body is text: it can be hashed, kept and compressed before it is sent. */
export interface TextResponse extends BufferedResponse {
  body: string | null;
}

/** The headers of a success, with those that the call has set. */
export function successHeaders({ id, responseHeaders }: Pick<Call, 'id' | 'responseHeaders'>): HeaderList {
  const headers = new HeaderList([
    ['cache-control', 'private, no-store'],
    ['x-request-id', id],
  ]);
  for (const [name, value] of responseHeaders) {
    if (name === 'set-cookie') headers.append(name, value);
    else headers.set(name, value);
  }
  return headers;
}

/**
 * Returns the path of what was created: `template` with each `{name}` from the output, percent-encoded.
 * @param base the path that REST is served at.
 */
export function locationOf(base: string, template: string, output: unknown): string {
  return (
    base + template.replace(PLACEHOLDER, (_, name: string) => encodeURIComponent(String(get(output, name))))
  );
}

/** The `Link` to the next page (RFC 8288) where the output names its cursor; the other parameters stay. */
export function nextLink(
  { path, query: sent }: Pick<Call, 'path' | 'query'>,
  output: unknown,
): string | null {
  const cursor = get(output, 'nextCursor');
  if (typeof cursor !== 'string') return null;
  const query = new URLSearchParams(sent);
  query.set('cursor', cursor);
  return `<${path}?${query.toString()}>; rel="next"`;
}

function get(output: unknown, name: string): unknown {
  if (typeof output !== 'object' || output === null || !Object.hasOwn(output, name)) return undefined;
  return Reflect.get(output, name);
}
