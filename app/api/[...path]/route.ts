import { hostRequest, toResponse } from '#layer/index';
import { type Switchboard, switchboard } from '#routers/switchboard';
import { startupErrorResponse } from '#server/failures';
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
  let api: Switchboard['api'];
  try {
    ({ api } = await switchboard());
  } catch (error) {
    return toResponse(startupErrorResponse(error));
  }
  const isLocal = () => currentPage()?.isLocal === true;
  const asked = hostRequest(uncompressed(request), { platform: { isLocal }, maxDuration });
  return toResponse(await api.handle(asked));
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
