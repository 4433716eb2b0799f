import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database, Db } from '#server/db/database';
import { adoptions, chats, files, imports, isActive, projects, runs, users } from '#server/db/schema/index';
import { moveUsage } from './usage.ts';

/**
 * Moves the chats, projects, files, runs, imports and instructions of a guest, and the tokens the guest used, to the
 * account that the guest signed up for or signed in to. MAX_GUEST_CHATS and AI_ANSWERS_PER_USER bound the work, because
 * messages belong to their chat and do not change.
 */
export function adopt({ db }: Database, guestId: string, userId: string): Promise<void> {
  return db.transaction((tx) => moveRows(tx, guestId, userId));
}

async function moveRows(tx: Db, guestId: string, userId: string): Promise<void> {
  // Before the chats, because it waits for a chat that is being imported, which must not stay with the guest.
  await tx.update(imports).set({ userId }).where(eq(imports.userId, guestId));
  // Chats refer to a project of their owner. Until the end, only one of them is the account.
  await tx.execute(sql`set constraints chats_project_fk deferred`);
  await tx
    .update(projects)
    .set({ userId, updatedAt: projects.updatedAt })
    .where(eq(projects.userId, guestId));
  // Ids that a client chose are unique per owner only. If the account already uses one, the guest's chat loses its own.
  const otherChats = alias(chats, 'other_chats');
  const taken = tx
    .select({ id: otherChats.id })
    .from(otherChats)
    .where(and(eq(otherChats.userId, userId), eq(otherChats.clientId, chats.clientId)));
  const adopted = await tx
    .update(chats)
    .set({ userId, clientId: sql`case when exists ${taken} then null else ${chats.clientId} end` })
    .where(eq(chats.userId, guestId))
    .returning({ id: chats.id });
  await tx.update(files).set({ userId }).where(eq(files.userId, guestId));
  // After the chats, because a call that has begun to write a run holds a lock on its chat. A run takes its reserved
  // tokens with it.
  await tx
    .update(runs)
    .set({ userId })
    .where(and(eq(runs.userId, guestId), isActive(runs)));
  // After the runs, because a run that has ended meanwhile has added to the usage.
  await tx.execute(moveUsage(guestId, userId));
  const guest = alias(users, 'guest');
  await tx
    .update(users)
    .set({ instructions: guest.instructions })
    .from(guest)
    .where(and(eq(guest.id, guestId), eq(users.id, userId), eq(users.instructions, '')));
  if (adopted.length > 0) await tx.insert(adoptions).values({ guestId, userId });
}
