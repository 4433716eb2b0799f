import { type Api, hostRequest, toResponse } from '#layer/index';
import type { Platform } from '#routers/api';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createBenchApi } from '../../../../switchboard.ts';

export const dynamic = 'force-dynamic';

const platform = { isLocal: () => false };
let created: Promise<Api<Platform>> | undefined;

/** Does the same as app/api/[...path]/route.ts. */
async function handle(request: Request): Promise<Response> {
  const api = await (created ??= createBenchApi());
  return toResponse(await api.respond(hostRequest(request, { platform, maxDuration: MAX_DURATION_SECONDS })));
}

export { handle as GET, handle as POST };
