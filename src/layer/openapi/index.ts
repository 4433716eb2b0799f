import { createHash } from 'node:crypto';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import { type BufferedResponse, emptyResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { createOpenApiDocument, type DocumentInfo } from './document.ts';
import { openPartsOf } from './open.ts';

export type { DescribedAccess } from './access.ts';
export { createOpenApiDocument, type DocumentInfo };

const ALLOW = 'GET, HEAD, OPTIONS';

/** The part of a call that this surface needs. */
type DocumentCall = Pick<Call, 'method' | 'header' | 'id'>;

/**
 * Serves the OpenAPI document of a router; it is made on the first call.
 * @param warn is called at once with each part that the document cannot describe.
 */
export function createOpenApiSurface(
  router: AnyTRPCRouter,
  info: DocumentInfo,
  warn: (text: string) => void,
): (call: DocumentCall) => Promise<BufferedResponse> {
  for (const text of openPartsOf(router)) warn(text);
  let made: { text: string; etag: string } | undefined;
  const document = () => {
    if (made) return made;
    const text = JSON.stringify(createOpenApiDocument(router, info));
    return (made = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` });
  };
  return async (call) => {
    const { method, id } = call;
    if (method === 'OPTIONS') return emptyResponse(204, { allow: ALLOW });
    if (method !== 'GET' && method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', {
        detail: `This path takes ${ALLOW}.`,
        headers: { allow: ALLOW },
      });
    }
    const { text, etag } = document();
    const headers = { etag, 'cache-control': 'public, max-age=60', 'x-request-id': id };
    if (knows(call.header('if-none-match'), etag)) return emptyResponse(304, headers);
    const fields = { ...headers, 'content-type': 'application/json' };
    return {
      status: 200,
      headers: new HeaderList(Object.entries(fields)),
      body: method === 'HEAD' ? null : text,
    };
  };
}

/** Whether an If-None-Match header (RFC 9110, section 13.1.2) names `etag`. */
function knows(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
