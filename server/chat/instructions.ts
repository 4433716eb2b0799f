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

/** The instructions of a user that concern a chat. */
interface OwnInstructions {
  ofUser: string;
  /** `null` for a chat in no project. */
  ofProject: string | null;
  ofChat: string;
}

/** The user's instructions, from the widest scope to the narrowest. */
const SCOPES = [
  { of: 'ofUser', for: 'all chats' },
  { of: 'ofProject', for: 'all chats of this project' },
  { of: 'ofChat', for: 'this chat' },
] as const;

/** Returns the system message for a model: the instructions of the installation, the user, the project, and the chat. */
export function instructionsFor(
  { AI_INSTRUCTIONS }: Pick<Env, 'AI_INSTRUCTIONS'>,
  own: OwnInstructions,
): string {
  return [
    AI_INSTRUCTIONS,
    ...SCOPES.flatMap((scope) => {
      const text = own[scope.of] ?? '';
      return text.trim() === '' ? [] : [`Instructions of the user for ${scope.for}:\n${text}`];
    }),
  ].join('\n\n');
}
