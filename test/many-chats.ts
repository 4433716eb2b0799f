import { sql } from 'drizzle-orm';
import { openDatabase } from '#server/db/client';
import { parseEnv } from '#server/env';
import { createLogger } from '#server/log/index';
import { type RunningServer, startServer } from './server.ts';

/**
 * Adds chats to an account, `Chat 1` being the newest one, with an hour between two of them.
 * @param server is stopped meanwhile, because an embedded database has only one process.
 * @returns the server that was started again.
 */
export async function addChats(server: RunningServer, userId: string, count: number): Promise<RunningServer> {
  await server.stop();
  const { settings } = server;
  const database = await openDatabase(parseEnv(settings), createLogger({ LOG_LEVEL: 'silent' }));
  try {
    await database.execute(sql`
      insert into chats (id, user_id, title, title_folded, auto_title, active_at)
      select 'many-' || i, ${userId}, 'Chat ' || i, 'chat ' || i, false, now() - i * interval '1 hour'
      from generate_series(1, ${count}::int) as i`);
  } finally {
    await database.close();
  }
  return startServer(settings);
}
