import { toResponse } from '#layer/call/response';
import type { Handle } from '#layer/index';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createBenchHandler } from '../../../../switchboard.ts';

export const dynamic = 'force-dynamic';

let created: Promise<Handle> | undefined;

/** Does the same as app/api/[...path]/route.ts. */
async function handle(request: Request): Promise<Response> {
  const handler = await (created ??= createBenchHandler());
  return toResponse(await handler(request, { peer: null, maxDuration: MAX_DURATION_SECONDS }));
}

export { handle as GET, handle as POST };
