import { runtime } from '#runtime';
import type { Call } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import { type ApiResponse, withoutBody } from '../call/response.ts';
import { chooseEncoding, isCompressible } from '../http/content-coding.ts';
import { encodedTag, names, parseTags } from '../http/etag.ts';
import type { TextResponse } from './output.ts';

/**
 * Returns the final form of a response: 304 without a body if the client has it already (If-None-Match), without a body
 * for HEAD, and compressed if the client accepts that.
 */
export function respond(
  call: Pick<Call, 'method' | 'header'>,
  response: TextResponse | Response,
): Eventual<ApiResponse> {
  if (response instanceof Response) return call.method === 'HEAD' ? withoutBody(response) : response;
  const { status, headers, body: text } = response;
  const etag = headers.get('etag');
  const { compress } = runtime;
  const encoding = compress && isCompressible(text) ? chooseEncoding(call.header('accept-encoding')) : null;
  if (isCompressible(text)) headers.append('vary', 'Accept-Encoding');
  if (encoding && etag !== null) headers.set('etag', encodedTag(etag, encoding));
  if (etag !== null && isKnown(call, etag)) {
    headers.delete('content-type');
    return { status: 304, headers, body: null };
  }
  if (encoding) headers.set('content-encoding', encoding);
  if (call.method === 'HEAD' || text === null) return { status, headers, body: null };
  if (!compress || !encoding) return { status, headers, body: text };
  return compress(text, encoding).then((body) => ({ status, headers, body }));
}

/**
 * True if If-None-Match (RFC 9110, section 13.1.2) has the tag of the response. A header that is not valid has none.
 */
function isKnown(call: Pick<Call, 'method' | 'header'>, etag: string): boolean {
  const { method } = call;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const sent = call.header('if-none-match');
  const known = sent === null ? null : parseTags(sent);
  return known !== null && names(known, etag, 'weak');
}
