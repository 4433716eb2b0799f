import { and, desc, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { ChatContinue, ChatEdit, ChatRegenerate, ChatSend } from '#contract/chat';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { chats, runEvents, runs } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { isOwn } from './own-chat.ts';
import { LEAF, start, startedBy, type StartDeps } from './run-start.ts';
import type { StartedRun } from './run-write.ts';

/**
 * Sends a message and starts an answer. The server writes the answer even if the client does not wait.
 * @throws {AppError} like `start`.
 */
export function send(deps: StartDeps, actor: Actor, input: z.output<typeof ChatSend>): Promise<StartedRun> {
  const { chatId, clientRequestId = newId(), parts, files = [], createChat = false, shown } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    createChat,
    fingerprint: ['send', parts, ...(shown ? [shown] : []), ...(files.length > 0 ? [{ files }] : [])],
    files,
    shown: shown && { by: shown, parts },
    plan({ leafId }, _target, place) {
      if (!shown || !place) return { parentId: leafId, question: parts };
      if (place.kind === 'known') return { parentId: place.parentId };
      const { parentId, earlier } = place;
      return { parentId, earlier, question: parts, clientId: shown.id };
    },
  });
}

/**
 * Edits a question and starts an answer. The old question stays as another branch, with everything below it.
 * @throws {AppError} NOT_FOUND if there is no such question, and like `start`.
 */
export function edit(deps: StartDeps, actor: Actor, input: z.output<typeof ChatEdit>): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId = newId(), parts, files = [] } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    fingerprint: ['edit', messageId, parts, ...(files.length > 0 ? [{ files }] : [])],
    files,
    target: { id: messageId, role: 'user' },
    plan: (_chat, question) => ({ parentId: question?.parentId ?? null, question: parts }),
  });
}

/**
 * Continues the last answer of a chat where it was interrupted. The new text is added to the same message.
 * @throws {AppError} NOT_FOUND, CONFLICT if the answer is complete or cannot be continued, and like `start`.
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
    fingerprint: ['continue'],
    target: { id: LEAF, role: 'assistant', withParts: true },
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
 * Starts another answer to a question, given the id of the question or of its answer. The earlier answer stays as
 * another branch. A chosen model writes only this answer.
 * @throws {AppError} NOT_FOUND if there is no such message, and like `start`.
 */
export function regenerate(
  deps: StartDeps,
  actor: Actor,
  input: z.output<typeof ChatRegenerate>,
): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId = newId(), model } = input;
  return start(deps, actor, {
    chatId,
    clientRequestId,
    model,
    fingerprint: ['regenerate', messageId ?? null, ...(model === undefined ? [] : [model])],
    target: messageId === undefined ? { id: LEAF, role: 'assistant' } : { id: messageId },
    plan: (_chat, message) => {
      if (message?.role === 'user') return { parentId: message.id };
      if (!message?.parentId) throw notFound('answer');
      return { parentId: message.parentId };
    },
  });
}

/**
 * Returns the run `runId` of a chat, or its newest one; `null` if it has none. `lastSeq` is the number of its last event;
 * `null` if its events have been deleted.
 * @throws {AppError} NOT_FOUND
 */
export async function findRun({ db }: { db: Db }, actor: Actor, chatId: string, runId: string | undefined) {
  const started = startedBy(actor);
  if (started?.chatId === chatId && started.runId === runId) {
    return { id: started.runId, messageId: started.messageId, seams: [], lastSeq: null };
  }
  const lastSeq = sql<
    number | null
  >`(select max(seq) from ${runEvents} where ${runEvents.runId} = ${runs.id})`;
  // Sorted and limited within the join. Otherwise, the database reads all runs of the chat to find the newest.
  const newest = db
    .select({ id: runs.id, messageId: runs.messageId, seams: runs.seams, lastSeq: lastSeq.as('last_seq') })
    .from(runs)
    .where(and(eq(runs.chatId, chats.id), runId === undefined ? undefined : eq(runs.id, runId)))
    .orderBy(desc(runs.id))
    .limit(1)
    .as('newest');
  const [found] = await db
    .select({ run: newest._.selectedFields })
    .from(chats)
    .leftJoinLateral(newest, sql`true`)
    .where(isOwn(actor.userId, chatId));
  if (runId !== undefined && !found?.run) throw notFound('run');
  if (!found) throw notFound('chat');
  return found.run;
}
