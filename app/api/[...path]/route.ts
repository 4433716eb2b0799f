import { type Handle, toResponse } from '#layer/index';
import { switchboard } from '#routers/switchboard';
import { answerWithoutProduct } from '#server/failures';
import { currentPage } from '#server/pages/current';

/** A literal, as Next reads it without running this file; `MAX_DURATION_SECONDS` is the same number. */
export const maxDuration = 300;
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** Next.js compresses what it sends, and leaves out Content-Encoding of what comes compressed. */
function uncompressed(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete('accept-encoding');
  return new Request(request, { headers });
}

async function handle(request: Request): Promise<Response> {
  let answer: Handle;
  try {
    ({ handle: answer } = await switchboard());
  } catch (error) {
    return answerWithoutProduct(error);
  }
  const isLocal = () => currentPage()?.isLocal === true;
  return toResponse(await answer(uncompressed(request), { peer: null, isLocal, maxDuration }));
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
