import { names, readTags } from './etag.ts';
import type { TextAnswer } from './output.ts';

/** Sends an answer: without what the caller has already, and without a body to HEAD. */
export async function respond(request: Request, answer: TextAnswer | Response): Promise<Response> {
  if (answer instanceof Response) return request.method === 'HEAD' ? withoutBody(answer) : answer;
  const { status, headers, text } = answer;
  if (isKnown(request, answer)) {
    headers.delete('content-type');
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === 'HEAD' ? null : text, { status, headers });
}

/** Whether If-None-Match (RFC 9110, section 13.1.2) names what would be sent. */
function isKnown({ method, headers }: Request, answer: TextAnswer): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const etag = answer.headers.get('etag');
  const known = etag === null ? null : readTags(headers, 'if-none-match');
  return etag !== null && known !== null && names(known, etag, 'weak');
}

/** The answer to HEAD: the same status and headers; a stream behind it is ended. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}
