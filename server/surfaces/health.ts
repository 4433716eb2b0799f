import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import type { Surface } from '#server/surfaces/surface';

const LIMIT_MS = 2000;

/** Whether the database answers within two seconds. */
export async function databaseAnswers({ database }: Pick<Deps, 'database'>): Promise<boolean> {
  const answer = database.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, pause(LIMIT_MS, false, { ref: false })]);
}

/**
 * Tells a load balancer how things are. Without `deps` only that the process is up; with them also that its database
 * answers (its schema is up to date since the start): otherwise 503.
 */
export function createHealthSurface(deps?: Deps): Surface {
  return async ({ request }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
    }
    if (!deps) return Response.json({ status: 'up' });
    if (await databaseAnswers(deps)) return Response.json({ status: 'ready', database: deps.database.kind });
    throw new AppError('SERVICE_UNAVAILABLE', { detail: 'The database does not answer.', retryAfter: 2 });
  };
}
