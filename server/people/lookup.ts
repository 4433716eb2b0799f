import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { apiKeys, sessions, users } from '#server/db/schema/index';

/** Returns the account with an email and what it has, for an operator; undefined if there is none. */
export async function accountByEmail(db: Db, email: string) {
  const count = (rows: typeof sessions | typeof apiKeys) =>
    sql<number>`(select count(*)::int from ${rows} where ${rows.userId} = ${users.id})`;
  const [account] = await db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      role: users.role,
      banned: users.banned,
      banExpires: users.banExpires,
      createdAt: users.createdAt,
      sessions: count(sessions),
      apiKeys: count(apiKeys),
    })
    .from(users)
    .where(and(eq(users.email, email.toLowerCase()), eq(users.isAnonymous, false)));
  return account;
}
