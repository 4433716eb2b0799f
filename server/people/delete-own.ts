import { and, eq } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Db } from '#server/db/database';
import { notFound } from '#server/errors';
import type { Actor } from './actor.ts';
import { auditActor } from './audit.ts';
import type { Authenticator } from './authenticator.ts';

/** A kind of rows by which somebody has access, each of one account. */
interface Access {
  /** The column with the id by which callers name a row. */
  id: PgColumn;
  /** The column with the account. */
  owner: PgColumn;
  /** What a row is, for an error. */
  what: string;
  /** The name of its deletion in the audit trail. */
  action: string;
}

/**
 * Deletes a row of the actor's account by which somebody has access, with a line in the audit trail. The next call by it
 * is rejected. @throws {AppError} NOT_FOUND
 */
export async function deleteOwn(
  { db, authenticator }: { db: Db; authenticator: Authenticator },
  actor: Actor,
  { id, owner, what, action }: Access,
  value: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(id.table)
      .where(and(eq(owner, actor.userId), eq(id, value)))
      .returning({ id });
    if (deleted.length === 0) throw notFound(what);
    await auditActor(tx, actor, action, value);
  });
  authenticator.invalidate(actor.userId);
}
