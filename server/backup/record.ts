import { z } from 'zod';
import { newId } from '#server/db/columns';
import { type CopySession, literal } from '#server/db/copying/session';
import { forgetSwitch } from '#server/maintenance/switch';

const Admins = z.array(z.object({ id: z.string() }));
const Columns = z.array(z.object({ name: z.string() }));

/** The columns of a line of the audit trail. */
const COLUMNS = ['id', 'user_id', 'actor_id', 'via', 'action'];

/**
 * Writes to the trails of all admins that the database was restored or moved, if the schema of the backup has such trails.
 * Ends the maintenance mode in it.
 */
export async function recordRestore(
  { rows }: CopySession,
  action: 'backup.restore' | 'database.move',
): Promise<void> {
  await forgetSwitch(rows);
  const columns = Columns.parse(
    await rows(`select column_name::text as name from information_schema.columns
      where table_schema = 'public' and table_name = 'audit_events'`),
  ).map(({ name }) => name);
  if (!COLUMNS.every((name) => columns.includes(name))) return;
  const admins = Admins.parse(await rows(`select id from public.users where role = 'admin'`));
  for (const { id } of admins) {
    const values = [newId(), id, id, 'command', action].map(literal).join(', ');
    await rows(`insert into public.audit_events (${COLUMNS.join(', ')}) values (${values})`);
  }
}
