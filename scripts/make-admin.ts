/**
 * Makes an existing account an admin directly in the database, for an installation that has lost its admin. On
 * Postgres, running instances are notified immediately. The embedded database must not be in use.
 */
import { and, eq } from 'drizzle-orm';
import { openDatabase } from '#server/db/client';
import { DatabaseLockedError } from '#server/db/lock';
import { DatabaseUnusableError } from '#server/db/unusable';
import { users } from '#server/db/schema/index';
import { env, EnvError } from '#server/env';
import { createLogger } from '#server/log/index';
import { makeAdmin } from '#server/people/admin-claim';

/** An error that the operator can fix. It is shown without a stack. */
class UsageError extends Error {}

async function run(email: string | undefined): Promise<string> {
  if (email === undefined) throw new UsageError('Usage: npm run admin -- ada@example.com');
  const settings = env();
  const database = await openDatabase(settings, createLogger({ ...settings, LOG_LEVEL: 'error' }));
  try {
    await database.migrate();
    const { db } = database;
    const [user] = await db
      .select({ id: users.id, role: users.role })
      .from(users)
      .where(and(eq(users.email, email.toLowerCase()), eq(users.isAnonymous, false)));
    if (!user)
      throw new UsageError(`No account has the email ${email}. Sign up first, then run this command again.`);
    if (user.role === 'admin') return `${email} is an admin already.`;
    await makeAdmin(db, user.id, false, { via: 'command', target: user.id });
    return `${email} is an admin now.`;
  } finally {
    await database.close();
  }
}

try {
  console.log(await run(process.argv[2]));
} catch (error) {
  const expected = [UsageError, EnvError, DatabaseLockedError, DatabaseUnusableError].some(
    (kind) => error instanceof kind,
  );
  console.error(expected && error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
