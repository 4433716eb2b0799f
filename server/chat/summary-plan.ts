import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '#server/db/database';
import { chats, isActive, messages, runs, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models, ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/secrets/secrets';
import { bytesOf, roomFor } from './context.ts';
import { isOwn } from './own-chat.ts';
import type { Account } from './payments.ts';
import { budgetsFor, quotaAddress, quotaColumns, rejectOverQuota, today } from './quota.ts';

/** The share of the context that the last exchange may take to stay outside the summary. */
const KEPT_SHARE = 0.25;

/** The services that a plan needs. */
export interface PlanDeps {
  db: Db;
  env: Env;
  log: Logger;
  models: Models;
  secrets: Secrets;
}

/** A message of the branch that a chat shows, without its content. */
interface Step {
  id: string;
  role: 'user' | 'assistant';
  status: string;
  size: number;
  /** True if it has a summary. It is then the oldest step. */
  ends: boolean;
}

/** What a summary is made of. */
export interface Plan {
  chatId: string;
  account: Account;
  keys: ProviderKeys;
  /** True if a quota applies. */
  isLimited: boolean;
  /** The message whose summary is the beginning; `null` for none. */
  formerId: string | null;
  /** The messages to summarize, oldest first. */
  ids: string[];
  /** The last one of them. */
  messageId: string;
}

/** A summary that a chat already has. */
export interface Known {
  messageId: string;
  summary: string;
}

const active = alias(runs, 'active');

/** Reads what decides whether and how a chat is summarized. @throws {AppError} NOT_FOUND */
async function readState({ db, env }: PlanDeps, actor: Actor, chatId: string) {
  const [row] = await db
    .select({
      id: chats.id,
      model: chats.model,
      leafId: chats.leafId,
      activeRunId: active.id,
      sealedKeys: providerKeys.sealed(actor.userId),
      quota: quotaColumns(quotaAddress(env, actor)),
      day: sql<string>`${today}::text`,
    })
    .from(chats)
    .innerJoin(users, eq(users.id, chats.userId))
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), eq(usageDays.day, today)))
    .leftJoin(active, and(eq(active.chatId, chats.id), isActive(active)))
    .where(isOwn(actor.userId, chatId));
  if (!row) throw notFound('chat');
  return row;
}

/** Returns the messages from `leafId` up to the newest one with a summary, or the first one, newest first. */
function readSteps(db: Db, { userId }: Actor, chatId: string, leafId: string): Promise<Step[]> {
  const path = sql`(
    with recursive path as (
      select m.id, m.parent_id, m.role, m.status, m.size, m.summary is not null as ends, 1 as depth
      from ${messages} m join ${chats} c on c.id = m.chat_id
      where m.id = ${leafId} and c.id = ${chatId} and c.user_id = ${userId}
      union all
      select parent.id, parent.parent_id, parent.role, parent.status, parent.size, parent.ends, path.depth + 1
      from path cross join lateral (
        select id, parent_id, role, status, size, summary is not null as ends
        from ${messages} where id = path.parent_id limit 1
      ) parent
      where not path.ends
    )
    select id, role, status, size, ends, depth from path) path`;
  return db
    .select({
      id: sql<string>`path.id`,
      role: sql<Step['role']>`path.role`,
      status: sql<string>`path.status`,
      size: sql<number>`path.size`,
      ends: sql<boolean>`path.ends`,
    })
    .from(path)
    .orderBy(asc(sql`path.depth`));
}

/**
 * Returns the messages to summarize, newest first. The last exchange is not among them if it is short or its answer did
 * not end well, because then the question is asked again.
 */
function covered(steps: readonly Step[], bytes: number): Step[] {
  const known = steps.filter(({ ends }) => !ends);
  const question = known.findIndex(({ role }) => role === 'user');
  const exchange = known.slice(0, question + 1);
  const isAnswered = known[0]?.role === 'assistant' && known[0].status === 'complete';
  const size = exchange.reduce((sum, step) => sum + step.size, 0);
  return !isAnswered || size <= bytes ? known.slice(exchange.length) : known;
}

/**
 * Decides what a summary of a chat covers: everything that the chat shows, but not the last exchange.
 * @returns the summary that the chat already has, if it covers the same.
 * @throws {AppError} NOT_FOUND, RUN_ACTIVE, CONFLICT if there is nothing to summarize, QUOTA_EXCEEDED, MODEL_UNAUTHORIZED
 */
export async function planSummary(deps: PlanDeps, actor: Actor, id: string): Promise<Plan | Known> {
  const { db, env, models } = deps;
  const { leafId, activeRunId, quota, day, ...chat } = await readState(deps, actor, id);
  if (activeRunId !== null)
    throw new AppError('RUN_ACTIVE', { fields: { runId: activeRunId }, retryAfter: 1 });
  const model = chat.model ?? models.defaultId;
  const steps = leafId === null ? [] : await readSteps(db, actor, chat.id, leafId);
  const end = steps.find(({ ends }) => ends);
  const toCover = covered(steps, bytesOf(roomFor(env, model, '')) * KEPT_SHARE);
  const [newest] = toCover;
  if (!newest) {
    if (end) return readKnown(db, actor, chat.id, end.id);
    throw new AppError('CONFLICT', {
      detail: 'There is no earlier exchange to summarize. A model always gets the last one in full.',
    });
  }
  if (model === 'guide') {
    throw new AppError('CONFLICT', { detail: 'The offline guide cannot summarize. Choose another model.' });
  }
  const keys = providerKeys.unseal(deps, actor.userId, chat.sealedKeys);
  models.resolve(model, keys);
  const budgets = budgetsFor(env, actor, quota);
  rejectOverQuota(budgets, 0);
  return {
    chatId: chat.id,
    account: { userId: actor.userId, day, model, address: quotaAddress(env, actor) },
    keys,
    isLimited: budgets.length > 0,
    formerId: end?.id ?? null,
    ids: toCover.map((step) => step.id).reverse(),
    messageId: newest.id,
  };
}

/** Reads the summary of a message. @throws {AppError} NOT_FOUND */
export async function readKnown(
  db: Db,
  { userId }: Pick<Actor, 'userId'>,
  chatId: string,
  messageId: string,
) {
  const [found] = await db
    .select({ summary: messages.summary })
    .from(messages)
    .innerJoin(chats, eq(chats.id, messages.chatId))
    .where(and(eq(messages.id, messageId), eq(chats.id, chatId), eq(chats.userId, userId)));
  if (!found?.summary) throw notFound('summary');
  return { messageId, summary: found.summary };
}

/** The number of messages that are read at a time. */
const BATCH = 20;

/** Yields the messages of a plan in order. */
export async function* readMessages(db: Db, { account: { userId }, chatId, ids }: Plan) {
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    const rows = await db
      .select({ id: messages.id, role: messages.role, status: messages.status, parts: messages.parts })
      .from(messages)
      .innerJoin(chats, eq(chats.id, messages.chatId))
      .where(and(inArray(messages.id, batch), eq(chats.id, chatId), eq(chats.userId, userId)));
    const byId = new Map(rows.map((row) => [row.id, row]));
    yield* batch.flatMap((id) => byId.get(id) ?? []);
  }
}
