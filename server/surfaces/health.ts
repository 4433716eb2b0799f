import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { AppError } from '#server/errors';
import type { Surface } from './surface.ts';

const LIMIT_MS = 2000;
/** How long an answer of the database is repeated to those who ask for it, in milliseconds. */
const FRESH_MS = 1000;

/** Whether the database answers within two seconds. */
export async function databaseAnswers({ database }: { database: Database }): Promise<boolean> {
  const answer = database.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, pause(LIMIT_MS, false, { ref: false })]);
}

/** Asks at most once in FRESH_MS; requests meanwhile get the same answer. */
function repeated<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, answer: ask() };
    return last.answer;
  };
}

/**
 * Tells a load balancer how things are. Without `deps` only that the process is up; with them also that its database
 * answers (its schema is up to date since the start): otherwise 503. It may be asked as often as one likes: the database is
 * asked once a second.
 */
export function createHealthSurface(deps?: { database: Database }): Surface {
  const answers = deps && repeated(() => databaseAnswers(deps));
  return async ({ request }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
    }
    if (!deps || !answers) return Response.json({ status: 'up' });
    if (await answers()) return Response.json({ status: 'ready', database: deps.database.kind });
    throw new AppError('SERVICE_UNAVAILABLE', { detail: 'The database does not answer.', retryAfter: 2 });
  };
}
