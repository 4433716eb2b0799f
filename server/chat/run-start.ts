import { createHash } from 'node:crypto';
import type { TextUIPart, UIMessage, UIMessageChunk } from 'ai';
import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Shown } from '#contract/chat';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { chats, isActive, messages, runs, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, limitReached, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models, ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/vault/secrets';
import { replayParts } from './branches.ts';
import { maxChats } from './chats.ts';
import { continuationOf } from './continue.ts';
import type { Runs } from './engine.ts';
import { textOf } from './fold.ts';
import { charactersOf, history, newestWithin, partsOf } from './messages.ts';
import { chatIdOf } from './own-chat.ts';
import { budgetsFor, mostInputTokens, quotaAddress, quotaColumns, rejectOverQuota, today } from './quota.ts';
import { tooManyAnswers } from './run-places.ts';
import { type EarlierMessage, type StartedRun, write, type Written } from './run-write.ts';
import { findPlace, type Place } from './shown.ts';
import { titleFrom } from './title.ts';

/** A call that starts a run. */
export interface RunRequest {
  /** The chat's id, or the one its client knows it by. */
  chatId: string;
  clientRequestId: string;
  /** Whether to create the chat where there is none. */
  createChat?: boolean;
  /** What is asked beside the chat, for telling a replay from another request under the same id. */
  asks: [kind: string, ...details: unknown[]];
  /**
   * The message it is about, when it is about one: an id, or `leaf` for the one the chat shows last. Without
   * `withParts` the plan sees none of its parts.
   */
  about?: { id: string; role?: 'user' | 'assistant'; withParts?: true };
  /** Where a client that keeps its own list of messages asks the question `parts`. */
  shown?: { by: Shown; parts: TextUIPart[] } | undefined;
  /** What the run shall write. @param about the message the request is about. @param place where `shown` says. */
  plan: (chat: { leafId: string | null }, about: About | null, place: NewPlace | null) => Plan;
}

/** Stands for the id of the message that a chat shows last. */
export const LEAF = 'leaf';

/** A message that a request is about. */
export type About = Pick<typeof messages.$inferSelect, 'id' | 'parentId' | 'role' | 'status' | 'parts'>;

/** Where something is to be written. */
type NewPlace = Extract<Place, { parentId: unknown }>;

/** What a run shall write. */
export type Plan =
  /** The answer to a new question below `parentId`. */
  | {
      parentId: string | null;
      question: TextUIPart[];
      /** The id by which the client knows the question. */
      clientId?: string;
      /** Messages that are written between `parentId` and the question. */
      earlier?: EarlierMessage[];
    }
  /** Another answer to the question `parentId`, or the rest of one. */
  | { parentId: string; question?: undefined; unfinished?: { id: string; parts: UIMessage['parts'] } };

/** How often a chat is looked at anew because somebody else has just changed it. */
const ATTEMPTS = 5;

const noParts = sql<UIMessage['parts']>`'[]'::json`;
const replay = alias(runs, 'replay');
const active = alias(runs, 'active');
const mine = alias(runs, 'mine');

/** Of the chat's own id, whichever one the request named it by. */
const hashOf = (chatId: string, { asks: [kind, ...details] }: RunRequest) =>
  createHash('sha256')
    .update(JSON.stringify([kind, chatId, ...details]))
    .digest('base64url');

/**
 * All that decides about a request, in one statement. @throws {AppError} NOT_FOUND without the chat, UNAUTHORIZED
 * without the account.
 */
async function look({ db, env }: { db: Db; env: Env }, actor: Actor, request: RunRequest) {
  const { userId } = actor;
  const { chatId, clientRequestId, createChat, about } = request;
  const aboutId = about?.id === LEAF ? chats.leafId : (about?.id ?? null);
  const [row] = await db
    .select({
      chat: {
        id: chats.id,
        autoTitle: chats.autoTitle,
        model: chats.model,
        leafId: chats.leafId,
        messageCount: chats.messageCount,
      },
      replay: {
        runId: replay.id,
        chatId: replay.chatId,
        messageId: replay.messageId,
        hash: replay.requestHash,
      },
      activeRunId: active.id,
      running:
        sql<number>`(select count(*) from ${runs} mine where mine.user_id = ${userId} and ${isActive(mine)})`.mapWith(
          Number,
        ),
      stored:
        sql<number>`(select sum(owned.size) from ${chats} owned where owned.user_id = ${userId})`.mapWith(
          Number,
        ),
      about: {
        id: messages.id,
        parentId: messages.parentId,
        role: messages.role,
        status: messages.status,
        parts: about?.withParts ? messages.parts : noParts,
      },
      quota: quotaColumns(quotaAddress(env, actor)),
      sealedKeys: providerKeys.sealed(userId),
    })
    .from(users)
    .leftJoin(chats, and(eq(chats.id, chatIdOf(userId, chatId)), eq(chats.userId, users.id)))
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), eq(usageDays.day, today)))
    .leftJoin(replay, and(eq(replay.chatId, chats.id), eq(replay.clientRequestId, clientRequestId)))
    .leftJoin(active, and(eq(active.chatId, chats.id), isActive(active)))
    .leftJoin(
      messages,
      and(
        eq(messages.id, aboutId ?? sql`null`),
        eq(messages.chatId, chats.id),
        about?.role && eq(messages.role, about.role),
      ),
    )
    .where(eq(users.id, userId));
  // The account was deleted while the call was on its way.
  if (!row) throw new AppError('UNAUTHORIZED');
  if (!row.chat && !createChat) throw notFound('chat');
  const newChat = { id: newId(), autoTitle: true, model: null, leafId: null, messageCount: 0 };
  return { ...row, chat: row.chat ?? newChat, isNew: row.chat === null };
}

type Seen = Awaited<ReturnType<typeof look>>;

/** What an answer is started with. */
export interface StartDeps {
  instanceId: string;
  database: Database;
  db: Db;
  env: Env;
  log: Logger;
  models: Models;
  runs: Runs;
  secrets: Secrets;
}

/**
 * Starts a run. One statement reads all that decides, the next writes the question, the empty answer and the run, or
 * nothing where the chat is not any more as it was read: then it is read again. A replay has the result of the first
 * call. A run that its client has given up is stopped first.
 * @throws {AppError} NOT_FOUND, INVALID_INPUT for messages that a client shows, RUN_ACTIVE, REQUEST_ID_REUSED,
 * LIMIT_REACHED, QUOTA_EXCEEDED, TOO_MANY_REQUESTS when too many answers are being written, MODEL_UNAUTHORIZED when no
 * key is there.
 */
export async function start(deps: StartDeps, actor: Actor, request: RunRequest): Promise<StartedRun> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const seen = await look(deps, actor, request);
    const hash = hashOf(seen.chat.id, request);
    if (seen.replay) return replayed(seen.replay, hash);
    const { shown } = request;
    const place = shown ? await findPlace(deps, actor, seen, shown.by, shown.parts) : null;
    if (place?.kind === 'replay') return place.run;
    if (place?.kind === 'given up') {
      await deps.runs.stopAndWait(actor, seen.chat.id, place.runId);
      continue;
    }
    const run = await begin(deps, actor, { ...request, hash }, seen, place);
    if (run) return run;
  }
  throw new AppError('CONFLICT', { detail: 'The chat is being changed by others; try again.' });
}

/**
 * What shall answer, and with whose keys. It refuses before anything is written. @throws {AppError} as `start` does.
 */
function choose(
  { env, models }: { env: Env; models: Models },
  actor: Actor,
  seen: Seen,
  keys: ProviderKeys,
  place: NewPlace | null,
) {
  if (seen.activeRunId !== null)
    throw new AppError('RUN_ACTIVE', { fields: { runId: seen.activeRunId }, retryAfter: 1 });
  const model = seen.chat.model ?? models.defaultId;
  // It throws when the model is unknown or has no key.
  models.resolve(model, keys);
  const earlier = place?.kind === 'new' ? place.earlier : [];
  if (seen.chat.messageCount + earlier.length >= env.MAX_CHAT_MESSAGES) {
    throw limitReached(
      `The chat has ${seen.chat.messageCount} messages, which is the limit. Begin another chat.`,
    );
  }
  const copied = earlier.reduce((sum, { copyOf }) => sum + (copyOf?.size ?? 0), 0);
  if (seen.stored + copied >= (actor.isGuest ? env.MAX_GUEST_STORED_BYTES : env.MAX_STORED_BYTES)) {
    throw limitReached(`Your messages take ${seen.stored} bytes, which is the limit. Delete a chat first.`);
  }
  const budgets = model === 'guide' ? [] : budgetsFor(env, actor, seen.quota);
  // Its input is known later.
  rejectOverQuota(budgets, 0);
  if (seen.running >= env.AI_ANSWERS_PER_USER) {
    throw tooManyAnswers(
      `${seen.running} answers are being written for you. Wait for one to end, or stop one.`,
    );
  }
  return { model, budgets };
}

/** Starts a run in the chat as it was seen. @returns `null` when it is not any more: then nothing was done. */
async function begin(
  deps: StartDeps,
  actor: Actor,
  { hash, clientRequestId, ...request }: RunRequest & { hash: string },
  seen: Seen,
  place: NewPlace | null,
): Promise<StartedRun | null> {
  const { userId } = actor;
  const keys = providerKeys.unseal(deps, userId, seen.sealedKeys);
  const { model, budgets } = choose(deps, actor, seen, keys, place);
  if (request.about && !seen.about) throw notFound(request.about.role === 'user' ? 'question' : 'answer');
  const plan = request.plan(seen.chat, seen.about, place);

  const { id: chatId, leafId, autoTitle } = seen.chat;
  const unfinished = plan.question ? undefined : plan.unfinished;
  const earlier = (plan.question && plan.earlier) ?? [];
  const questionId = newId();
  const run = { runId: newId(), chatId, messageId: unfinished?.id ?? newId() };
  const opening: UIMessageChunk[] = [
    { type: 'start', messageId: run.messageId },
    ...replayParts(unfinished?.parts ?? []),
  ];
  const titleFor = leafId === null && autoTitle ? textOf(plan.question ?? []) : null;
  const own = { ...run, userId, model, requestId: actor.request.id };
  const conversation = read(deps, own, plan, questionId);
  let input: number | null = null;
  if (budgets.length > 0) {
    input = mostInputTokens(deps.env.AI_INSTRUCTIONS, await conversation);
    rejectOverQuota(budgets, input);
  }
  const leave = deps.runs.enter(actor);
  const rows = {
    ...own,
    clientRequestId,
    hash,
    leafId,
    newChat: seen.isNew ? { clientId: request.chatId, max: maxChats(deps, actor) } : null,
    title: titleFor === null ? null : titleFrom(titleFor),
    question: plan.question
      ? {
          id: questionId,
          parentId: earlier.at(-1)?.id ?? plan.parentId,
          clientId: plan.clientId ?? null,
          parts: plan.question,
        }
      : null,
    earlier,
    parentId: plan.question ? questionId : plan.parentId,
    isContinued: unfinished !== undefined,
    opening,
    input,
    address: model === 'guide' ? null : quotaAddress(deps.env, actor),
  };
  let written: Written | null = null;
  try {
    written = await write(deps, rows);
  } finally {
    if (!written) leave();
  }
  if (!written) return null;
  deps.runs.start({ ...own, ...written, conversation, keys, opening, unfinished, titleFor, leave });
  return run;
}

/** What the model is asked. It can be read while the run is being written: what was said before does not change. */
function read(
  { db, env }: { db: Db; env: Env },
  owner: { userId: string; chatId: string },
  { parentId, ...plan }: Plan,
  questionId: string,
): Promise<UIMessage[]> {
  const { question } = plan;
  const unfinished = question ? undefined : plan.unfinished;
  const more = question ?? unfinished?.parts ?? [];
  const asked: UIMessage[] = question ? [{ id: questionId, role: 'user', parts: question }] : [];
  const before = async (): Promise<UIMessage[]> => {
    const left = env.AI_CONTEXT_CHARACTERS - charactersOf(more);
    const earlier = question && plan.earlier ? await partsOf(db, owner, plan.earlier) : [];
    const newest = newestWithin(earlier, left);
    if (parentId === null || newest.messages.length < earlier.length) return newest.messages;
    return [...(await history(db, owner, parentId, newest.left)), ...newest.messages];
  };
  const conversation = before().then((messages) =>
    unfinished ? continuationOf([...messages, ...asked], unfinished) : [...messages, ...asked],
  );
  // The run hears of a failure when it asks; where there is no run nobody does.
  conversation.catch(() => undefined);
  return conversation;
}

/** The run that an earlier call with the same request id started. @throws {AppError} REQUEST_ID_REUSED */
function replayed({ hash: first, ...run }: StartedRun & { hash: string }, hash: string): StartedRun {
  if (first === hash) return run;
  throw new AppError('REQUEST_ID_REUSED', {
    issues: [{ pointer: '/clientRequestId', message: 'was used for another request; make a new one' }],
  });
}
