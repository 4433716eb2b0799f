import type { Call } from '../call/call.ts';
import type { ApiResponse } from '../call/response.ts';
import { chooseEncoding, compress, isCompressible } from '../http/content-coding.ts';
import { encodedTag, names, parseTags } from '../http/etag.ts';
import type { TextResponse } from './output.ts';

/** Sends an answer: without what the caller has already, without a body to HEAD, and compressed where that is wanted. */
export async function respond(
  call: Pick<Call, 'method' | 'header'>,
  answer: TextResponse | Response,
): Promise<ApiResponse> {
  if (answer instanceof Response) return call.method === 'HEAD' ? withoutBody(answer) : answer;
  const { status, headers, body: text } = answer;
  const etag = headers.get('etag');
  const encoding = isCompressible(text) ? chooseEncoding(call.header('accept-encoding')) : null;
  if (isCompressible(text)) headers.append('vary', 'Accept-Encoding');
  if (encoding && etag !== null) headers.set('etag', encodedTag(etag, encoding));
  if (etag !== null && isKnown(call, etag)) {
    headers.delete('content-type');
    return { status: 304, headers, body: null };
  }
  if (encoding) headers.set('content-encoding', encoding);
  if (call.method === 'HEAD' || text === null) return { status, headers, body: null };
  return { status, headers, body: encoding ? await compress(text, encoding) : text };
}

/** Whether If-None-Match (RFC 9110, section 13.1.2) names what would be sent; what cannot be read names nothing. */
function isKnown(call: Pick<Call, 'method' | 'header'>, etag: string): boolean {
  const { method } = call;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const known = parseTags(call.header('if-none-match') ?? '');
  return known !== null && names(known, etag, 'weak');
}

/** The answer to HEAD: the same status and headers; a stream behind it is ended. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}
