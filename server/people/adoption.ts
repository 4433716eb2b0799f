import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { moveUsage } from '#server/chat/usage';
import type { Database, Db } from '#server/db/database';
import { adoptions, chats, isActive, runs } from '#server/db/schema/index';

/**
 * Gives what a guest has, and the tokens the guest used, to the account the guest signed up or in to. The work is bounded by
 * MAX_GUEST_CHATS and AI_ANSWERS_PER_USER, because messages belong to their chat and are left as they are.
 */
export function adopt({ db }: Database, guestId: string, userId: string): Promise<void> {
  return db.transaction((tx) => moveRows(tx, guestId, userId));
}

async function moveRows(tx: Db, guestId: string, userId: string): Promise<void> {
  // Ids that a client chose are unique for one owner only: if the account has used the same, the guest's give way.
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
  // Later than the chats: a call that has begun to write a run has its chat locked. With a run goes what it reserves.
  await tx
    .update(runs)
    .set({ userId })
    .where(and(eq(runs.userId, guestId), isActive(runs)));
  // Later than the runs: one that has ended meanwhile has added to them.
  await tx.execute(moveUsage(guestId, userId));
  if (adopted.length > 0) await tx.insert(adoptions).values({ guestId, userId });
}
