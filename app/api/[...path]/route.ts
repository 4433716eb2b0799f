import { hostRequest, toResponse } from '#layer/index';
import { type Application, application } from '#routers/application';
import { startupErrorResponse } from '#server/failures';
import { currentPage } from '#server/pages/current';

/** A literal, because Next reads it without running this file. It must equal `MAX_DURATION_SECONDS`. */
export const maxDuration = 300;
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

/** Removes Accept-Encoding. Next.js compresses responses itself, and drops Content-Encoding of compressed ones. */
function uncompressed(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete('accept-encoding');
  return new Request(request, { headers });
}

async function handle(request: Request): Promise<Response> {
  let api: Application['api'];
  try {
    ({ api } = await application());
  } catch (error) {
    return toResponse(startupErrorResponse(error));
  }
  const isLocal = () => currentPage()?.isLocal === true;
  const hosted = hostRequest(uncompressed(request), { platform: { isLocal }, maxDuration });
  return toResponse(await api.respond(hosted));
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
