import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Instructions } from '#contract/chat';
import type { Db } from '#server/db/database';
import { users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';

const columns = { instructions: users.instructions };

/** Returns the actor's instructions for all chats. @throws {AppError} NOT_FOUND if the account was just deleted. */
export async function get({ db }: { db: Db }, { userId }: Actor): Promise<z.output<typeof Instructions>> {
  const [found] = await db.select(columns).from(users).where(eq(users.id, userId));
  if (!found) throw notFound('user');
  return found;
}

/** Replaces the actor's instructions for all chats. @throws {AppError} NOT_FOUND if the account was just deleted. */
export async function set(
  { db }: { db: Db },
  { userId }: Actor,
  { instructions }: z.output<typeof Instructions>,
): Promise<z.output<typeof Instructions>> {
  const [changed] = await db
    .update(users)
    .set({ instructions })
    .where(eq(users.id, userId))
    .returning(columns);
  if (!changed) throw notFound('user');
  return changed;
}

/** Returns the system message for a model: the instructions of the installation, the user, and the chat. */
export function instructionsFor(
  { AI_INSTRUCTIONS }: Pick<Env, 'AI_INSTRUCTIONS'>,
  own: { ofUser: string; ofChat: string },
): string {
  return [
    AI_INSTRUCTIONS,
    ...(own.ofUser.trim() === '' ? [] : [`Instructions of the user for all chats:\n${own.ofUser}`]),
    ...(own.ofChat.trim() === '' ? [] : [`Instructions of the user for this chat:\n${own.ofChat}`]),
  ].join('\n\n');
}
