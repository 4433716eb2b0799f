import { createHash } from 'node:crypto';
import type { TextUIPart, UIMessage, UIMessageChunk } from 'ai';
import { and, desc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { ChatContinue, ChatEdit, ChatRegenerate, ChatSend } from '#contract/chat';
import type { Actor } from '#server/context';
import { replayParts } from '#server/chat/branches';
import { textOf } from '#server/chat/fold';
import { leaseEnd } from '#server/chat/run-store';
import { titleFrom } from '#server/chat/title';
import { checkQuota } from '#server/chat/usage';
import type { Db } from '#server/db/client';
import { newId } from '#server/db/columns';
import { isUniqueViolation } from '#server/db/errors';
import { chats, messages, runEvents, runs } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { AppError, notFound } from '#server/errors';
import * as providerKeys from '#server/vault/provider-keys';

/** What `chat.send` and its kin answer with. */
export interface StartedRun {
  runId: string;
  messageId: string;
}

interface Request {
  chatId: string;
  clientRequestId: string;
  /** What was asked, for telling a replay from another request under the same id. */
  hash: string;
}

const hashOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('base64url');

/** The run that an earlier call with the same request id started. @throws {AppError} REQUEST_ID_REUSED */
async function findReplay(db: Db, actor: Actor, request: Request): Promise<StartedRun | null> {
  const [run] = await db
    .select({ runId: runs.id, messageId: runs.messageId, hash: runs.requestHash })
    .from(runs)
    .where(and(eq(runs.userId, actor.userId), eq(runs.clientRequestId, request.clientRequestId)));
  if (!run) return null;
  if (run.hash === request.hash) return { runId: run.runId, messageId: run.messageId };
  throw new AppError('REQUEST_ID_REUSED', {
    issues: [{ pointer: '/clientRequestId', message: 'was used for another request; make a new one' }],
  });
}

/**
 * Locks the actor's chat for the rest of the transaction, so that what is asked in one chat is asked in turn.
 * @throws {AppError} NOT_FOUND
 */
async function lockChat(tx: Db, actor: Actor, chatId: string) {
  const [chat] = await tx
    .select({ autoTitle: chats.autoTitle, model: chats.model, leafId: chats.leafId })
    .from(chats)
    .where(and(eq(chats.id, chatId), eq(chats.userId, actor.userId)))
    .for('update');
  if (!chat) throw notFound('chat');
  return chat;
}

/** @throws {AppError} RUN_ACTIVE with the id of the run that is in the way. */
async function refuseWhileActive(tx: Db, actor: Actor, chatId: string): Promise<void> {
  const [active] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.chatId, chatId), eq(runs.userId, actor.userId), eq(runs.status, 'active')));
  if (active) throw new AppError('RUN_ACTIVE', { runId: active.id, retryAfter: 1 });
}

/** What a run shall write, made or found inside its transaction. */
interface Asked {
  /** The user message it answers. */
  parentId: string;
  question: string;
  /** The answer it goes on with, instead of a new one. */
  unfinished?: { id: string; parts: UIMessage['parts'] };
}

type Ask = (tx: Db, chat: { leafId: string | null }) => Promise<Asked>;

/**
 * Starts a run: in one transaction the question, the empty answer and the run, or nothing. A replay has the result
 * of the first call.
 */
async function start(deps: Deps, actor: Actor, request: Request, ask: Ask): Promise<StartedRun> {
  const { chatId } = request;
  const { userId } = actor;
  const keys = await providerKeys.reveal(deps, userId);
  const begin = deps.db.transaction(async (tx) => {
    const chat = await lockChat(tx, actor, chatId);
    // Under the lock, so that of two equal calls at the same moment the second sees the run of the first.
    const replay = await findReplay(tx, actor, request);
    if (replay) return { run: replay, fresh: null };
    await refuseWhileActive(tx, actor, chatId);
    const model = chat.model ?? deps.models.defaultId;
    // Refused here, before anything is written, when the model is unknown or has no key.
    deps.models.resolve(model, keys);
    if (model !== 'guide') await checkQuota(tx, deps.env, userId);
    const { parentId, question, unfinished } = await ask(tx, chat);
    const [runId, messageId] = [newId(), unfinished?.id ?? newId()];
    const own = { chatId, userId, model };
    if (unfinished) {
      const mine = and(eq(messages.id, messageId), eq(messages.userId, userId));
      await tx.update(messages).set({ status: 'streaming', error: null, model }).where(mine);
    } else {
      await tx
        .insert(messages)
        .values({ ...own, id: messageId, parentId, role: 'assistant', status: 'streaming', parts: [] });
    }
    const opening: UIMessageChunk[] = [{ type: 'start', messageId }, ...replayParts(unfinished?.parts ?? [])];
    await tx.insert(runs).values({
      ...own,
      id: runId,
      messageId,
      clientRequestId: request.clientRequestId,
      requestHash: request.hash,
      ownerId: deps.instanceId,
      leaseExpiresAt: leaseEnd,
    });
    await tx.insert(runEvents).values({ runId, seq: 1, chunks: JSON.stringify(opening) });
    const now = new Date();
    const first = chat.leafId === null && chat.autoTitle;
    await tx
      .update(chats)
      .set({ leafId: messageId, activeAt: now, updatedAt: now, ...(first && { title: titleFrom(question) }) })
      .where(and(eq(chats.id, chatId), eq(chats.userId, userId)));
    const run = { runId, messageId };
    return {
      run,
      fresh: { ...run, ...own, parentId, keys, opening, unfinished, titleFor: first ? question : null },
    };
  });
  try {
    const { run, fresh } = await begin;
    if (fresh) deps.runs.start(fresh);
    return run;
  } catch (error) {
    // Two calls with one request id at the same moment in two chats: the other one was first.
    const replay = isUniqueViolation(error, 'runs_request_key')
      ? await findReplay(deps.db, actor, request)
      : null;
    if (replay) return replay;
    throw error;
  }
}

/**
 * Says something in a chat and has it answered. The answer is written by the server whether or not anybody waits.
 * @throws {AppError} NOT_FOUND, RUN_ACTIVE, REQUEST_ID_REUSED, MODEL_UNAUTHORIZED when no key is there.
 */
export function send(deps: Deps, actor: Actor, input: z.output<typeof ChatSend>): Promise<StartedRun> {
  const { chatId, clientRequestId, parts } = input;
  const request = { chatId, clientRequestId, hash: hashOf(['send', chatId, parts]) };
  return start(deps, actor, request, (tx, chat) => say(tx, actor, chatId, chat.leafId, parts));
}

/** Writes a user message below `parentId`. */
async function say(tx: Db, actor: Actor, chatId: string, parentId: string | null, parts: TextUIPart[]) {
  const id = newId();
  const question = textOf(parts);
  const own = { id, chatId, userId: actor.userId };
  await tx
    .insert(messages)
    .values({ ...own, parentId, role: 'user', status: 'complete', parts, text: question });
  return { parentId: id, question };
}

/**
 * Says a question anew and has it answered. The old one, with all that followed it, stays as another branch.
 * @throws {AppError} NOT_FOUND when there is no such question, and as `send` does.
 */
export function edit(deps: Deps, actor: Actor, input: z.output<typeof ChatEdit>): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId, parts } = input;
  const request = { chatId, clientRequestId, hash: hashOf(['edit', chatId, messageId, parts]) };
  return start(deps, actor, request, async (tx) => {
    const question = await findMessage(tx, actor, chatId, messageId, 'user');
    return say(tx, actor, chatId, question.parentId, parts);
  });
}

/** One of the actor's messages. @throws {AppError} NOT_FOUND */
async function findMessage(
  tx: Db,
  actor: Actor,
  chatId: string,
  id: string | null,
  role: 'user' | 'assistant',
) {
  const [message] = await tx
    .select({ id: messages.id, parentId: messages.parentId, status: messages.status, parts: messages.parts })
    .from(messages)
    .where(
      and(
        eq(messages.chatId, chatId),
        eq(messages.userId, actor.userId),
        eq(messages.id, id ?? ''),
        eq(messages.role, role),
      ),
    );
  if (!message) throw notFound(role === 'user' ? 'question' : 'answer');
  return message;
}

/**
 * Has the last answer of a chat continued where it broke off. What follows is added to the same message.
 * @throws {AppError} NOT_FOUND, CONFLICT when the answer is complete or cannot be continued, and as `send` does.
 */
export function resume(deps: Deps, actor: Actor, input: z.output<typeof ChatContinue>): Promise<StartedRun> {
  const { chatId, clientRequestId = newId() } = input;
  const request = { chatId, clientRequestId, hash: hashOf(['continue', chatId]) };
  return start(deps, actor, request, async (tx, chat) => {
    const answer = await findMessage(tx, actor, chatId, chat.leafId, 'assistant');
    if (answer.parentId === null) throw notFound('answer');
    if (answer.status === 'complete') {
      throw new AppError('CONFLICT', { detail: 'The answer is complete; there is nothing to continue.' });
    }
    return { parentId: answer.parentId, question: '', unfinished: { id: answer.id, parts: answer.parts } };
  });
}

/**
 * Has a question answered anew. The earlier answer stays, as another branch.
 * @throws {AppError} NOT_FOUND when there is no such answer, and as `send` does.
 */
export function regenerate(
  deps: Deps,
  actor: Actor,
  input: z.output<typeof ChatRegenerate>,
): Promise<StartedRun> {
  const { chatId, messageId, clientRequestId = newId() } = input;
  const request = { chatId, clientRequestId, hash: hashOf(['regenerate', chatId, messageId ?? null]) };
  return start(deps, actor, request, async (tx, chat) => {
    const answer = await findMessage(tx, actor, chatId, messageId ?? chat.leafId, 'assistant');
    if (answer.parentId === null) throw notFound('answer');
    return { parentId: answer.parentId, question: '' };
  });
}

/** The run of a chat to follow: the given one, or the newest; `null` when there is none. @throws {AppError} NOT_FOUND */
export async function findRun({ db }: Deps, actor: Actor, chatId: string, runId: string | undefined) {
  const mine = and(eq(runs.chatId, chatId), eq(runs.userId, actor.userId));
  const [run] = await db
    .select({ id: runs.id, status: runs.status, messageId: runs.messageId })
    .from(runs)
    .where(runId === undefined ? mine : and(mine, eq(runs.id, runId)))
    .orderBy(desc(runs.id))
    .limit(1);
  if (run) return run;
  if (runId !== undefined) throw notFound('run');
  const [chat] = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.id, chatId), eq(chats.userId, actor.userId)));
  if (!chat) throw notFound('chat');
  return null;
}
