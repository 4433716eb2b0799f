import type { Call } from '#layer/index';
import type { Context } from '#server/people/context';

/** Returns a request as the call that surfaces get of it. */
export const callWith = (request: Request, ctx: Context): Call<Context> => ({
  request,
  url: new URL(request.url),
  id: ctx.request.id,
  signal: ctx.request.signal,
  responseHeaders: ctx.responseHeaders,
  revoked: ctx.revocation.signal,
  ctx,
});
