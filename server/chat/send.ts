import { and, desc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { ChatContinue, ChatEdit, ChatRegenerate, ChatSend } from '#contract/chat';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { chats, runs } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { isOwn } from './own-chat.ts';
import { LEAF, start, type StartDeps } from './run-start.ts';
import type { StartedRun } from './run-write.ts';

/**
 * Says something in a chat and has it answered. The answer is written by the server whether or not anybody waits.
 * @throws {AppError} as `start` does.
 */
export function send(deps: StartDeps, actor: Actor, input: z.output<typeof ChatSend>): Promise<StartedRun> {
  const { chatId, clientRequestId = newId(), parts, createChat = false, shown } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    createChat,
    asks: shown ? ['send', parts, shown] : ['send', parts],
    shown: shown && { by: shown, parts },
    plan({ leafId }, _about, place) {
      if (!shown || !place) return { parentId: leafId, question: parts };
      if (place.kind === 'known') return { parentId: place.parentId };
      const { parentId, earlier } = place;
      return { parentId, earlier, question: parts, clientId: shown.id };
    },
  });
}

/**
 * Says a question anew and has it answered. The old one, with all that followed it, stays as another branch.
 * @throws {AppError} NOT_FOUND when there is no such question, and as `start` does.
 */
export function edit(deps: StartDeps, actor: Actor, input: z.output<typeof ChatEdit>): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId = newId(), parts } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    asks: ['edit', messageId, parts],
    about: { id: messageId, role: 'user' },
    plan: (_chat, question) => ({ parentId: question?.parentId ?? null, question: parts }),
  });
}

/**
 * Has the last answer of a chat continued where it broke off. What follows is added to the same message.
 * @throws {AppError} NOT_FOUND, CONFLICT when the answer is complete or cannot be continued, and as `start` does.
 */
export function resume(
  deps: StartDeps,
  actor: Actor,
  input: z.output<typeof ChatContinue>,
): Promise<StartedRun> {
  const { chatId, clientRequestId = newId() } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    asks: ['continue'],
    about: { id: LEAF, role: 'assistant', withParts: true },
    plan: (_chat, answer) => {
      if (!answer?.parentId) throw notFound('answer');
      if (answer.status === 'complete') {
        throw new AppError('CONFLICT', { detail: 'The answer is complete; there is nothing to continue.' });
      }
      return { parentId: answer.parentId, unfinished: answer };
    },
  });
}

/**
 * Has a question answered anew: the one with the given id, or that of the answer. The earlier answer stays, as another branch.
 * @throws {AppError} NOT_FOUND when there is no such message, and as `start` does.
 */
export function regenerate(
  deps: StartDeps,
  actor: Actor,
  input: z.output<typeof ChatRegenerate>,
): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId = newId() } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    asks: ['regenerate', messageId ?? null],
    about: messageId === undefined ? { id: LEAF, role: 'assistant' } : { id: messageId },
    plan: (_chat, message) => {
      if (message?.role === 'user') return { parentId: message.id };
      if (!message?.parentId) throw notFound('answer');
      return { parentId: message.parentId };
    },
  });
}

/** The run of a chat to follow: the given one, or the newest; `null` when there is none. @throws {AppError} NOT_FOUND */
export async function findRun({ db }: { db: Db }, actor: Actor, chatId: string, runId: string | undefined) {
  const [found] = await db
    .select({ run: { id: runs.id, status: runs.status, messageId: runs.messageId } })
    .from(chats)
    .leftJoin(runs, and(eq(runs.chatId, chats.id), runId === undefined ? undefined : eq(runs.id, runId)))
    .where(isOwn(actor.userId, chatId))
    .orderBy(desc(runs.id))
    .limit(1);
  if (runId !== undefined && !found?.run) throw notFound('run');
  if (!found) throw notFound('chat');
  return found.run;
}
