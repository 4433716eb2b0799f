import { createHash } from 'node:crypto';
import type { TextUIPart, UIMessage, UIMessageChunk } from 'ai';
import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { replayParts } from '#server/chat/branches';
import { isKnownAs, maxChats, tooManyChats } from '#server/chat/chats';
import { textOf } from '#server/chat/fold';
import { charactersOf, history } from '#server/chat/messages';
import { tooManyAnswers } from '#server/chat/run-places';
import { titleFrom } from '#server/chat/title';
import { toContinue } from '#server/chat/continue';
import {
  allReserved,
  budgetsFor,
  mostInputTokens,
  quotaAddress,
  quotaColumns,
  rejectOverQuota,
  type Reservation,
  takeTokens,
  today,
} from '#server/chat/quota';
import type { Actor } from '#server/context';
import { newId } from '#server/db/columns';
import { isUniqueViolation, isWithoutPlace, isWithoutTokens } from '#server/db/errors';
import { placeFor } from '#server/db/places';
import { chats, isActive, messages, runEvents, runs, usageDays, users } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { AppError, limitReached, notFound } from '#server/errors';
import { leaseEnd } from '#server/lease';
import type { ProviderKeys } from '#server/models/index';
import { fold } from '#server/search/fold';
import { foldPieces, insertPieces } from '#server/search/pieces';
import * as providerKeys from '#server/vault/provider-keys';

/** What `chat.send` and its kin answer with. */
export interface StartedRun {
  runId: string;
  chatId: string;
  messageId: string;
}

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
   * The message it is about, when it is about one: an id, or `leaf` for the one the chat shows last. Without `withParts`
   * the plan sees none of its parts.
   */
  about?: { id: string; role: 'user' | 'assistant'; withParts?: true };
  /** What the run shall write. @param about the message the request is about. */
  plan: (chat: { leafId: string | null }, about: About | null) => Plan;
}

/** Stands for the id of the message that a chat shows last. */
export const LEAF = 'leaf';

/** A message that a request is about. */
export type About = Pick<typeof messages.$inferSelect, 'id' | 'parentId' | 'status' | 'parts'>;

/** What a run shall write. */
export type Plan =
  /** The answer to a new question below `parentId`. */
  | { parentId: string | null; question: TextUIPart[] }
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

/** All that decides about a request, in one statement. @throws {AppError} NOT_FOUND without the chat, UNAUTHORIZED without the account. */
async function look({ db, env }: Deps, actor: Actor, request: RunRequest) {
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
        status: messages.status,
        parts: about?.withParts ? messages.parts : noParts,
      },
      quota: quotaColumns(quotaAddress(env, actor)),
      sealedKeys: providerKeys.sealed(userId),
    })
    .from(users)
    .leftJoin(chats, and(isKnownAs(chatId), eq(chats.userId, users.id)))
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), eq(usageDays.day, today)))
    .leftJoin(replay, and(eq(replay.chatId, chats.id), eq(replay.clientRequestId, clientRequestId)))
    .leftJoin(active, and(eq(active.chatId, chats.id), isActive(active)))
    .leftJoin(
      messages,
      and(
        eq(messages.id, aboutId ?? sql`null`),
        eq(messages.chatId, chats.id),
        eq(messages.role, about?.role ?? 'user'),
      ),
    )
    .where(eq(users.id, userId))
    .orderBy(desc(eq(chats.id, chatId)))
    .limit(1);
  // The account was deleted while the call was on its way.
  if (!row) throw new AppError('UNAUTHORIZED');
  if (!row.chat && !createChat) throw notFound('chat');
  const newChat = { id: newId(), autoTitle: true, model: null, leafId: null, messageCount: 0 };
  return { ...row, chat: row.chat ?? newChat, isNew: row.chat === null };
}

type Seen = Awaited<ReturnType<typeof look>>;

/**
 * Starts a run. One statement reads all that decides, the next writes the question, the empty answer and the run, or
 * nothing where the chat is not any more as it was read: then it is read again. A replay has the result of the first
 * call.
 * @throws {AppError} NOT_FOUND, RUN_ACTIVE, REQUEST_ID_REUSED, LIMIT_REACHED, QUOTA_EXCEEDED, TOO_MANY_REQUESTS when too
 * many answers are being written, MODEL_UNAUTHORIZED when no key is there.
 */
export async function start(deps: Deps, actor: Actor, request: RunRequest): Promise<StartedRun> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const seen = await look(deps, actor, request);
    const hash = hashOf(seen.chat.id, request);
    if (seen.replay) return replayed(seen.replay, hash);
    const run = await begin(deps, actor, { ...request, hash }, seen);
    if (run) return run;
  }
  throw new AppError('CONFLICT', { detail: 'The chat is being changed by others; try again.' });
}

/** What shall answer, and with whose keys. It refuses before anything is written. @throws {AppError} as `start` does. */
function choose({ env, models }: Deps, actor: Actor, seen: Seen, keys: ProviderKeys) {
  if (seen.activeRunId !== null) throw new AppError('RUN_ACTIVE', { runId: seen.activeRunId, retryAfter: 1 });
  const model = seen.chat.model ?? models.defaultId;
  // It throws when the model is unknown or has no key.
  models.resolve(model, keys);
  if (seen.chat.messageCount >= env.MAX_CHAT_MESSAGES) {
    throw limitReached(
      `The chat has ${seen.chat.messageCount} messages, which is the limit. Begin another chat.`,
    );
  }
  if (seen.stored >= (actor.isGuest ? env.MAX_GUEST_STORED_BYTES : env.MAX_STORED_BYTES)) {
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
  deps: Deps,
  actor: Actor,
  { hash, clientRequestId, ...request }: RunRequest & { hash: string },
  seen: Seen,
): Promise<StartedRun | null> {
  const { userId } = actor;
  const keys = providerKeys.unseal(deps, userId, seen.sealedKeys);
  const { model, budgets } = choose(deps, actor, seen, keys);
  if (request.about && !seen.about) throw notFound(request.about.role === 'user' ? 'question' : 'answer');
  const plan = request.plan(seen.chat, seen.about);

  const { id: chatId, leafId, autoTitle } = seen.chat;
  const unfinished = plan.question ? undefined : plan.unfinished;
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
    question: plan.question ? { id: questionId, parentId: plan.parentId, parts: plan.question } : null,
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
  { db, env }: Deps,
  owner: { userId: string; chatId: string },
  { parentId, ...plan }: Plan,
  questionId: string,
): Promise<UIMessage[]> {
  const { question } = plan;
  const unfinished = question ? undefined : plan.unfinished;
  const more = question ?? unfinished?.parts ?? [];
  const left = env.AI_CONTEXT_CHARACTERS - charactersOf(more);
  const before = parentId === null ? Promise.resolve([]) : history(db, owner, parentId, left);
  const message: UIMessage[] = question ? [{ id: questionId, role: 'user', parts: question }] : [];
  const conversation = before.then((messages) => {
    const asked = [...messages, ...message];
    return unfinished ? toContinue(asked, unfinished) : asked;
  });
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

interface NewRows extends StartedRun {
  userId: string;
  requestId: string;
  model: string;
  clientRequestId: string;
  hash: string;
  /** The message the chat showed last when it was looked at. */
  leafId: string | null;
  /** For a chat to be created: the id that its client knows it by, and how many chats its owner may have. */
  newChat: { clientId: string; max: number } | null;
  /** The chat's title from now on, where it changes. */
  title: string | null;
  question: { id: string; parentId: string | null; parts: TextUIPart[] } | null;
  /** The question that is answered. */
  parentId: string;
  /** Whether the answer is there already. */
  isContinued: boolean;
  opening: UIMessageChunk[];
  /** The most tokens of its input, if a quota applies. */
  input: number | null;
  /** The address whose quota it counts against too. */
  address: string | null;
}

/** What is known of a run once it is written. */
interface Written {
  reserved: Reservation | null;
}

const WrittenRow = z.object({ output: z.number().nullable() });

/** The keys of which the first of some calls at the same time has the row. */
const FIRST_COME = ['runs_request_key', 'runs_one_active_key', 'chats_client_id_key'];

/** The parts of an answer that is not written yet, as JSON. */
const NO_PARTS = '[]';

/**
 * Writes all rows of a run in one statement, and reserves its tokens.
 * @returns `null`, and nothing is written, if the chat is not any more as it was read or its owner has too many answers.
 * @throws {AppError} QUOTA_EXCEEDED if others have reserved the tokens meanwhile.
 */
async function write({ database, instanceId, env }: Deps, rows: NewRows): Promise<Written | null> {
  const { runId, messageId, chatId, userId, model, question, parentId, title, input } = rows;
  const whose = { userId: sql`${userId}`, day: today, address: sql`${rows.address}` };
  // Called for a row of `chat`, so the chat is locked before the day.
  const output =
    input === null ? sql`null::int` : takeTokens(env, 'reserve', whose, input, env.AI_OUTPUT_TOKENS);
  const row = sql`${chatId}, ${userId}`;
  const asked = question ? JSON.stringify(question.parts) : null;
  const added = [asked, rows.isContinued ? null : NO_PARTS].filter((json) => json !== null);
  const bytes = added.reduce((sum, json) => sum + Buffer.byteLength(json), 0);
  const hasRoom = sql`switchboard_running_answers(${userId}) < ${env.AI_ANSWERS_PER_USER}`;
  const chat = rows.newChat
    ? sql`insert into ${chats} (id, user_id, client_id, title, title_folded, leaf_id, message_count, size)
        select ${chatId}, ${placeFor('chats', userId, rows.newChat.max)}, ${rows.newChat.clientId}, ${title ?? ''}, ${fold(title ?? '')},
          ${messageId}, ${added.length}::int, ${bytes}::int
        where ${hasRoom}`
    : sql`update ${chats} set leaf_id = ${messageId}, active_at = now(), updated_at = now(),
        message_count = message_count + ${added.length}::int,
        size = size + ${bytes}::int
        ${title === null ? sql`` : sql`, title = ${title}, title_folded = ${fold(title)}`}
      where id = ${chatId} and user_id = ${userId} and leaf_id is not distinct from ${rows.leafId}
        and ${hasRoom}`;
  const parts: SQL[] = [
    sql`chat as (${chat} returning id)`,
    rows.isContinued
      ? sql`answer as (
          update ${messages} set status = 'streaming', error = null, model = ${model} from chat
          where messages.id = ${messageId} and chat_id = chat.id
        )`
      : sql`answer as (
          insert into ${messages} (id, chat_id, user_id, parent_id, role, status, parts, model)
          select ${messageId}, ${row}, ${parentId}, 'assistant', 'streaming', ${NO_PARTS}::json, ${model} from chat
        )`,
    sql`run as (
      insert into ${runs}
        (id, chat_id, user_id, message_id, client_request_id, request_hash, model, owner_id, lease_expires_at,
          request_id, day, address, reserved_input, reserved_output)
      select ${runId}, ${row}, ${messageId}, ${rows.clientRequestId}, ${rows.hash}, ${model}, ${instanceId}, ${leaseEnd},
        ${rows.requestId}, ${today}, ${rows.address}, ${input}::int, ${output}
      from chat returning reserved_output
    )`,
    sql`event as (
      insert into ${runEvents} (run_id, seq, chunks) select ${runId}, 1, ${JSON.stringify(rows.opening)} from chat
    )`,
  ];
  if (question) {
    parts.push(sql`question as (
      insert into ${messages} (id, chat_id, user_id, parent_id, role, status, parts)
      select ${question.id}, ${row}, ${question.parentId}, 'user', 'complete', ${asked}::json
      from chat
    )`);
    const pieces = await foldPieces(textOf(question.parts));
    parts.push(
      sql`searched as (
        select ${chatId} as chat_id, ${question.id} as message_id, ${userId} as user_id, ${pieces}::json as pieces from chat
      )`,
      sql`pieces as (${insertPieces(sql`searched`)})`,
    );
  }
  try {
    const [written] = await database.execute(
      sql`with ${sql.join(parts, sql`, `)} select reserved_output as output from run`,
    );
    if (!written) return null;
    const { output } = WrittenRow.parse(written);
    return { reserved: input === null || output === null ? null : { input, output } };
  } catch (error) {
    if (isWithoutTokens(error)) throw allReserved();
    if (isWithoutPlace(error)) throw tooManyChats(rows.newChat?.max ?? 0);
    // Another call with this request id, another run in this chat or another call that creates the chat was first.
    if (FIRST_COME.some((key) => isUniqueViolation(error, key))) return null;
    throw error;
  }
}
