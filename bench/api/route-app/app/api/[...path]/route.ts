import { toResponse } from '#layer/call/response';
import type { Handle } from '#layer/index';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createBenchHandler } from '../../../../switchboard.ts';

export const dynamic = 'force-dynamic';

let made: Promise<Handle> | undefined;

/** As app/api/[...path]/route.ts has it. */
async function handle(request: Request): Promise<Response> {
  const answer = await (made ??= createBenchHandler());
  return toResponse(await answer(request, { peer: null, maxDuration: MAX_DURATION_SECONDS }));
}

export { handle as GET, handle as POST };
