import { createHash } from 'node:crypto';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import { createOpenApiDocument, type DocumentInfo } from './document.ts';
import { openPartsOf } from './open.ts';

export type { DescribedAccess } from './access.ts';
export { createOpenApiDocument, type DocumentInfo };

const ALLOW = 'GET, HEAD, OPTIONS';

/** The part of a call that this surface needs. */
type DocumentCall = Pick<Call, 'request' | 'id'>;

/**
 * Serves the OpenAPI document of a router; it is made on the first call.
 * @param warn is called at once with each part that the document cannot describe.
 */
export function createOpenApiSurface(
  router: AnyTRPCRouter,
  info: DocumentInfo,
  warn: (text: string) => void,
): (call: DocumentCall) => Promise<Response> {
  for (const text of openPartsOf(router)) warn(text);
  let made: { text: string; etag: string } | undefined;
  const document = () => {
    if (made) return made;
    const text = JSON.stringify(createOpenApiDocument(router, info));
    return (made = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` });
  };
  return async ({ request, id }) => {
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: ALLOW } });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', {
        detail: `This path takes ${ALLOW}.`,
        headers: { allow: ALLOW },
      });
    }
    const { text, etag } = document();
    const headers = { etag, 'cache-control': 'public, max-age=60', 'x-request-id': id };
    if (knows(request.headers.get('if-none-match'), etag))
      return new Response(null, { status: 304, headers });
    const body = request.method === 'HEAD' ? null : text;
    return new Response(body, { headers: { ...headers, 'content-type': 'application/json' } });
  };
}

/** Whether an If-None-Match header (RFC 9110, section 13.1.2) names `etag`. */
function knows(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
