import type { AnyTRPCRouter } from '@trpc/server';
import { runtime } from '#runtime';
import type { Call } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import { whenLoaded } from '../call/lazy.ts';
import { type BufferedResponse, emptyResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { once } from '../once.ts';
import { etagOf } from '../http/etag.ts';
import {
  createOpenApiDocument,
  createOpenApiDocumentInSlices,
  type DocumentInfo,
  type OpenApiDocument,
} from './document.ts';
import { openPartsOf } from './open.ts';

export type { DescribedAccess, DescribedProcedure } from './access.ts';
export { createOpenApiDocument, createOpenApiDocumentInSlices, type DocumentInfo, type OpenApiDocument };

const ALLOW = 'GET, HEAD, OPTIONS';

/** The part of a call that this surface needs. */
type DocumentCall = Pick<Call, 'method' | 'header' | 'id'>;

/**
 * Creates the surface that serves the OpenAPI 3.1 document of a router as JSON, with an ETag. The document is created
 * at the first call.
 * @param warn called with a sentence for each part that the document cannot describe, and each procedure that
 *   `unnamed` cannot serve: at once, or at the first call if the router has lazy routers.
 * @returns a function from a call to its response. It throws METHOD_NOT_ALLOWED for other methods than GET, HEAD and
 *   OPTIONS.
 * @throws {Error} if a procedure cannot be served over REST. The message names the procedure.
 */
export function createOpenApiSurface(
  router: AnyTRPCRouter,
  info: DocumentInfo,
  warn: (text: string) => void,
): (call: DocumentCall) => Promise<BufferedResponse> {
  const whenChecked = whenLoaded(router, () => {
    const { unnamed = false } = info;
    for (const text of openPartsOf(router, { unnamed, skip: warn })) warn(text);
  });
  async function create() {
    await whenChecked();
    const text = JSON.stringify(await createOpenApiDocumentInSlices(router, info));
    return { text, etag: etagOf(text) };
  }
  let created: Awaited<ReturnType<typeof create>> | undefined;
  const document = runtime.isolatesRequests ? async () => (created ??= await create()) : once(create);
  return async (call) => {
    const { method, id } = call;
    if (method === 'OPTIONS') return emptyResponse(204, { allow: ALLOW });
    if (method !== 'GET' && method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', {
        detail: `This path supports ${ALLOW}.`,
        headers: { allow: ALLOW },
      });
    }
    const { text, etag } = await document();
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

/** True if an If-None-Match header (RFC 9110, section 13.1.2) has `etag`. */
function knows(ifNoneMatch: string | null, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
