import { createHash } from 'node:crypto';
import type { TextUIPart, UIMessage, UIMessageChunk } from 'ai';
import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Shown } from '#contract/chat';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { chats, isActive, messages, projects, runs, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { invalidInput } from '#layer/index';
import { AppError, limitReached, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models, ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import { textOf } from '#server/search/message-text';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/secrets/secrets';
import { replayParts } from './branches.ts';
import { maxChats, maxStoredBytes } from './chats.ts';
import { continuationOf } from './continue.ts';
import type { Runs } from './engine.ts';
import { type Conversation, roomAfter, roomFor, sentMessages } from './context.ts';
import { instructionsFor } from './instructions.ts';
import { history, type History, newestWithin } from './history.ts';
import { partsOf } from './messages.ts';
import { chatIdOf } from './own-chat.ts';
import { budgetsFor, maxInputTokens, quotaAddress, quotaColumns, rejectOverQuota, today } from './quota.ts';
import { tooManyAnswers } from './run-places.ts';
import { attach } from './files/index.ts';
import { type EarlierMessage, type QuestionPart, type StartedRun, write, type Written } from './run-write.ts';
import { findPlace, type Place } from './shown.ts';
import { titleFrom } from './title.ts';

/** A call that starts a run. */
export interface RunRequest {
  /** The id or client id of the chat. */
  chatId: string;
  clientRequestId: string;
  /** True if the chat is to be created if it does not exist. */
  createChat?: boolean;
  /** The model of the answer, if it is not that of the chat. */
  model?: string | undefined;
  /** The request apart from its chat. It distinguishes a replay from another request with the same id. */
  fingerprint: [kind: string, ...details: unknown[]];
  /**
   * The message that the request refers to, if any: an id, or `leaf` for the last message that the chat shows. The plan
   * gets its parts only with `withParts`.
   */
  target?: { id: string; role?: 'user' | 'assistant'; withParts?: true };
  /** The ids of files for the question of the plan. */
  files?: readonly string[] | undefined;
  /** The messages above the question `parts`, from a client that keeps its own list. */
  shown?: { by: Shown; parts: TextUIPart[] } | undefined;
  /**
   * Decides what the run writes.
   * @param target the message of `target`.
   * @param place the place of the question of `shown`.
   */
  plan: (chat: { leafId: string | null }, target: TargetMessage | null, place: NewPlace | null) => Plan;
}

/** Stands for the id of the last message that a chat shows. */
export const LEAF = 'leaf';

/** A message that a request refers to. */
export type TargetMessage = Pick<
  typeof messages.$inferSelect,
  'id' | 'parentId' | 'role' | 'status' | 'parts'
>;

/** A place for new messages. */
type NewPlace = Extract<Place, { parentId: unknown }>;

/** The messages that a run writes. */
export type Plan =
  /** The answer to a new question below `parentId`. */
  | {
      parentId: string | null;
      question: QuestionPart[];
      /** The client's id of the question. */
      clientId?: string;
      /** Messages that are written between `parentId` and the question. */
      earlier?: EarlierMessage[];
    }
  /** Another answer to the question `parentId`, or the rest of one. */
  | { parentId: string; question?: undefined; unfinished?: { id: string; parts: UIMessage['parts'] } };

/** How often a chat is read again because another call has just changed it. */
const ATTEMPTS = 5;

const noParts = sql<UIMessage['parts']>`'[]'::json`;
const replay = alias(runs, 'replay');
const active = alias(runs, 'active');
const mine = alias(runs, 'mine');

/** @param chatId the chat's own id, even if the request has its client id. */
const hashOf = (chatId: string, { fingerprint: [kind, ...details] }: RunRequest) =>
  createHash('sha256')
    .update(JSON.stringify([kind, chatId, ...details]))
    .digest('base64url');

/**
 * Reads everything that decides about a request, in one statement.
 * @throws {AppError} NOT_FOUND if there is no such chat, UNAUTHORIZED if the account has been deleted.
 */
async function readState({ db, env }: { db: Db; env: Env }, actor: Actor, request: RunRequest) {
  const { userId } = actor;
  const { chatId, clientRequestId, createChat, target } = request;
  const targetId = target?.id === LEAF ? chats.leafId : (target?.id ?? null);
  const [row] = await db
    .select({
      chat: {
        id: chats.id,
        autoTitle: chats.autoTitle,
        model: chats.model,
        instructions: chats.instructions,
        temperature: chats.temperature,
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
      target: {
        id: messages.id,
        parentId: messages.parentId,
        role: messages.role,
        status: messages.status,
        parts: target?.withParts ? messages.parts : noParts,
      },
      instructions: { ofUser: users.instructions, ofProject: projects.instructions },
      quota: quotaColumns(quotaAddress(env, actor)),
      sealedKeys: providerKeys.sealed(userId),
    })
    .from(users)
    .leftJoin(chats, and(eq(chats.id, chatIdOf(userId, chatId)), eq(chats.userId, users.id)))
    .leftJoin(projects, and(eq(projects.id, chats.projectId), eq(projects.userId, users.id)))
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), eq(usageDays.day, today)))
    .leftJoin(replay, and(eq(replay.chatId, chats.id), eq(replay.clientRequestId, clientRequestId)))
    .leftJoin(active, and(eq(active.chatId, chats.id), isActive(active)))
    .leftJoin(
      messages,
      and(
        eq(messages.id, targetId ?? sql`null`),
        eq(messages.chatId, chats.id),
        target?.role && eq(messages.role, target.role),
      ),
    )
    .where(eq(users.id, userId));
  // The account was deleted after the caller had been authenticated.
  if (!row) throw new AppError('UNAUTHORIZED');
  if (!row.chat && !createChat) throw notFound('chat');
  const newChat = {
    id: newId(),
    autoTitle: true,
    model: null,
    instructions: '',
    temperature: null,
    leafId: null,
    messageCount: 0,
  };
  return { ...row, chat: row.chat ?? newChat, isNew: row.chat === null };
}

type State = Awaited<ReturnType<typeof readState>>;

/** The runs that requests have just started, by the caller of the request. */
const started = new WeakMap<Actor, StartedRun>();

/** Returns the run that this very request has started, so that its access need not be checked again. */
export const startedBy = (actor: Actor): StartedRun | undefined => started.get(actor);

/** The services that start an answer. */
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
 * Starts a run. One statement reads the state. The next writes the question, the empty answer and the run, or nothing
 * if the chat has changed. Then the state is read again. A replay returns the result of the first call. A run that its
 * client has abandoned is stopped first.
 * @throws {AppError} NOT_FOUND, INVALID_INPUT for messages that a client shows, RUN_ACTIVE, REQUEST_ID_REUSED,
 * LIMIT_REACHED, QUOTA_EXCEEDED, TOO_MANY_REQUESTS if too many answers are being written, MODEL_UNAUTHORIZED if there
 * is no key.
 */
export async function start(deps: StartDeps, actor: Actor, request: RunRequest): Promise<StartedRun> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const state = await readState(deps, actor, request);
    const hash = hashOf(state.chat.id, request);
    if (state.replay) return replayed(state.replay, hash);
    const { shown } = request;
    const place = shown ? await findPlace(deps, actor, state, shown.by, shown.parts) : null;
    if (place?.kind === 'replay') return place.run;
    if (place?.kind === 'abandoned') {
      await deps.runs.stopAndWait(actor, state.chat.id, place.runId);
      continue;
    }
    const run = await begin(deps, actor, { ...request, hash }, state, place);
    if (run) return run;
  }
  throw new AppError('CONFLICT', { detail: 'Other calls are changing this chat. Try again.' });
}

/**
 * Checks the limits before anything is written, and returns the model and its budgets. @throws {AppError} like `start`.
 */
function checkLimits(
  { env, models }: { env: Env; models: Models },
  actor: Actor,
  state: State,
  keys: ProviderKeys,
  { model: chosen, place }: { model: string | undefined; place: NewPlace | null },
) {
  if (state.activeRunId !== null)
    throw new AppError('RUN_ACTIVE', { fields: { runId: state.activeRunId }, retryAfter: 1 });
  const model = chosen ?? state.chat.model ?? models.defaultId;
  // Throws if the model is unknown or has no key.
  models.resolve(model, keys);
  const earlier = place?.kind === 'new' ? place.earlier : [];
  if (state.chat.messageCount + earlier.length >= env.MAX_CHAT_MESSAGES) {
    throw limitReached(
      `The chat has ${state.chat.messageCount} messages, which is the limit. Start another chat.`,
    );
  }
  const copied = earlier.reduce((sum, { copyOf }) => sum + (copyOf?.size ?? 0), 0);
  if (state.stored + copied >= maxStoredBytes({ env }, actor)) {
    throw limitReached(`Your messages take ${state.stored} bytes, which is the limit. Delete a chat first.`);
  }
  const budgets = model === 'guide' ? [] : budgetsFor(env, actor, state.quota);
  // The input is not known yet.
  rejectOverQuota(budgets, 0);
  if (state.running >= env.AI_ANSWERS_PER_USER) {
    throw tooManyAnswers(
      `${state.running} answers are being written for you. Wait for one to end, or stop one.`,
    );
  }
  return { model, budgets };
}

/** Adds the files of a request to its question. @throws {AppError} INVALID_INPUT */
async function withFiles(
  deps: StartDeps,
  actor: Actor,
  { files = [] }: Pick<RunRequest, 'files'>,
  plan: Plan,
): Promise<Plan> {
  if (!plan.question) return plan;
  const question = [...plan.question, ...(await attach(deps, actor, files))];
  if (question.length > 0) return { ...plan, question };
  throw invalidInput([{ pointer: '/parts', message: 'must have a text, or files must name a file' }]);
}

/** Returns the text from which a chat gets its title: that of the question, or the names of its files. */
function titleSource(parts: readonly QuestionPart[]): string {
  const names = parts.flatMap((part) => (part.type === 'file' ? (part.filename ?? []) : []));
  return textOf([...parts]) || names.join(', ');
}

/** Starts a run in a chat with this state. @returns `null`, without any effect, if the chat has changed. */
async function begin(
  deps: StartDeps,
  actor: Actor,
  { hash, clientRequestId, ...request }: RunRequest & { hash: string },
  state: State,
  place: NewPlace | null,
): Promise<StartedRun | null> {
  const { userId } = actor;
  const keys = providerKeys.unseal(deps, userId, state.sealedKeys);
  const { model, budgets } = checkLimits(deps, actor, state, keys, { model: request.model, place });
  if (request.target && !state.target) throw notFound(request.target.role === 'user' ? 'question' : 'answer');
  const plan = await withFiles(deps, actor, request, request.plan(state.chat, state.target, place));

  const { id: chatId, leafId, autoTitle } = state.chat;
  const unfinished = plan.question ? undefined : plan.unfinished;
  const earlier = (plan.question && plan.earlier) ?? [];
  const questionId = newId();
  const run = { runId: newId(), chatId, messageId: unfinished?.id ?? newId() };
  const opening: UIMessageChunk[] = [
    { type: 'start', messageId: run.messageId },
    ...replayParts(unfinished?.parts ?? []),
  ];
  const last = { seq: 1, chunks: JSON.stringify(opening) };
  const titleFor = leafId === null && autoTitle ? titleSource(plan.question ?? []) : null;
  const ownInstructions = { ...state.instructions, ofChat: state.chat.instructions };
  const instructions = instructionsFor(deps.env, ownInstructions);
  const { temperature } = state.chat;
  const own = { ...run, userId, model, instructions, temperature, requestId: actor.request.id };
  const conversation = readConversation(deps, own, plan, questionId);
  let input: number | null = null;
  if (budgets.length > 0) {
    input = maxInputTokens(instructions, sentMessages(await conversation));
    rejectOverQuota(budgets, input);
  }
  const leave = deps.runs.enter(actor);
  const rows = {
    ...own,
    clientRequestId,
    hash,
    leafId,
    newChat: state.isNew ? { clientId: request.chatId, max: maxChats(deps, actor) } : null,
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
    files: plan.question ? (request.files ?? []) : [],
    parentId: plan.question ? questionId : plan.parentId,
    isContinued: unfinished !== undefined,
    opening: last.chunks,
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
  deps.runs.start({ ...own, ...written, spent: null, conversation, keys, opening, last, titleFor, leave });
  started.set(actor, run);
  return run;
}

/** Returns the messages for the model. They can be read while the run is being written, because they do not change. */
export function readConversation(
  { db, env }: { db: Db; env: Env },
  owner: { userId: string; chatId: string; model: string; instructions: string },
  { parentId, ...plan }: Plan,
  questionId: string,
): Promise<Conversation> {
  const { question } = plan;
  const unfinished = question ? undefined : plan.unfinished;
  const more = question ?? unfinished?.parts ?? [];
  const asked: UIMessage[] = question ? [{ id: questionId, role: 'user', parts: question }] : [];
  const before = async (): Promise<History> => {
    const room = roomAfter(roomFor(env, owner.model, owner.instructions), more);
    const earlier = question && plan.earlier ? await partsOf(db, owner, plan.earlier) : [];
    const newest = newestWithin(earlier, room);
    const isWhole = newest.messages.length === earlier.length;
    if (parentId === null || !isWhole) return { messages: newest.messages, isWhole, summary: null };
    const older = await history(db, owner, parentId, newest.left);
    return { ...older, messages: [...older.messages, ...newest.messages] };
  };
  const conversation = before().then(({ messages, isWhole, summary }): Conversation => {
    const known = [...messages, ...asked];
    return {
      messages: unfinished ? continuationOf(known, unfinished) : known,
      summary,
      fromId: isWhole ? null : (known[0]?.id ?? null),
    };
  });
  // A failure reaches the run that awaits the conversation. Without a run, it must not be an unhandled rejection.
  conversation.catch(() => undefined);
  return conversation;
}

/** Returns the run that an earlier call with the same request id started. @throws {AppError} REQUEST_ID_REUSED */
function replayed({ hash: first, ...run }: StartedRun & { hash: string }, hash: string): StartedRun {
  if (first === hash) return run;
  throw new AppError('REQUEST_ID_REUSED', {
    issues: [{ pointer: '/clientRequestId', message: 'was used for another request; choose a new one' }],
  });
}
