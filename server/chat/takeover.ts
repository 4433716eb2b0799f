import type { UIMessage, UIMessageChunk } from 'ai';
import { and, eq } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '#server/db/database';
import { isWithoutTokens } from '#server/db/errors';
import { chats, messages, projects, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models } from '#server/models/index';
import { isBanned } from '#server/people/bans';
import { textOf } from '#server/search/message-text';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/secrets/secrets';
import { replayParts } from './branches.ts';
import { sentMessages } from './context.ts';
import type { NewRun } from './engine.ts';
import { foldChunks } from './fold.ts';
import { instructionsFor } from './instructions.ts';
import { maxInputTokens } from './quota.ts';
import { LostRunError, MAX_LOST, type RunClaims, type TakenRun } from './run-claims.ts';
import { readConversation } from './run-start.ts';
import type { RunStore } from './run-store.ts';
import { cutOf } from './seam.ts';
import { estimate, sumUsage } from './usage.ts';

/** The services that continue an answer. */
export interface TakeoverDeps {
  database: Database;
  env: Env;
  log: Logger;
  models: Models;
  secrets: Secrets;
  store: RunStore;
  claims: RunClaims;
}

/** What to do with a run that was taken over: go on with it, or end it. */
export type Takeover =
  { next: 'continue'; attempt: Omit<NewRun, 'leave'> } | { next: 'complete' } | { next: 'interrupt' };

const question = alias(messages, 'question');

/** Reads what decides whether the answer of a run may be continued; undefined if its user or chat is gone. */
async function readState({ database: { db } }: TakeoverDeps, { chatId, userId, messageId }: TakenRun) {
  const [state] = await db
    .select({
      banned: users.banned,
      banExpires: users.banExpires,
      autoTitle: chats.autoTitle,
      ofUser: users.instructions,
      ofProject: projects.instructions,
      ofChat: chats.instructions,
      temperature: chats.temperature,
      question: { id: question.id, parentId: question.parentId, parts: question.parts },
      sealedKeys: providerKeys.sealed(userId),
    })
    .from(users)
    .innerJoin(chats, and(eq(chats.id, chatId), eq(chats.userId, users.id)))
    .leftJoin(projects, and(eq(projects.id, chats.projectId), eq(projects.userId, users.id)))
    .innerJoin(messages, and(eq(messages.id, messageId), eq(messages.chatId, chats.id)))
    .innerJoin(question, and(eq(question.id, messages.parentId), eq(question.chatId, chats.id)))
    .where(eq(users.id, userId));
  return state;
}

/** Returns the chunks that open another attempt: they close what cannot go on, and say so in the metadata. */
function openingOf(reasoning: readonly string[], seq: number, attempts: number): UIMessageChunk[] {
  return [
    ...reasoning.map((id) => ({ type: 'reasoning-end', id }) as const),
    { type: 'message-metadata', messageMetadata: { attempts, seam: seq } },
  ];
}

/**
 * Decides what to do with a run that was taken over, and writes the beginning of another attempt if its answer goes on.
 * The rights of its user, the keys and the quota are checked again. Not continued are: stopped answers, those that were
 * cut more than ten minutes ago, those with tool calls, which must not be repeated, and those whose third owner was
 * lost.
 * @throws the error of the database.
 */
export async function takeOver(deps: TakeoverDeps, run: TakenRun): Promise<Takeover> {
  const { database, env, log, models, store, claims } = deps;
  if (!env.AI_CONTINUE_ANSWERS || run.cancelled || !run.recent || run.takeovers > MAX_LOST) {
    return { next: 'interrupt' };
  }
  const state = await readState(deps, run);
  if (!state || isBanned(state)) return { next: 'interrupt' };

  const content = await store.readLog(run.runId, run.seams.at(-1));
  // Only the end of the run is missing.
  if (content.chunks.at(-1)?.type === 'finish-step') return { next: 'complete' };
  const parts = await foldChunks(run.messageId, content.chunks);
  const cut = cutOf(content.chunks);
  // Reasoning without a text is no beginning that a model can continue.
  const unfinished = parts.some(({ type }) => type === 'text') ? { id: run.messageId, parts } : undefined;

  const keys = providerKeys.unseal(deps, run.userId, state.sealedKeys);
  const instructions = instructionsFor(env, state);
  const plan = { parentId: state.question.id, ...(unfinished && { unfinished }) };
  try {
    // Throws for parts that must not be written again, such as tool calls.
    replayParts(parts);
    models.resolve(run.model, keys);
    const conversation = await readConversation({ db: database.db, env }, { ...run, instructions }, plan, '');
    const sent = sentMessages(conversation);
    const input = maxInputTokens(instructions, sent);
    const isFirst = run.seams.length === 0 && unfinished !== undefined;
    // The first attempt did not get the answer so far and the request to continue it.
    const lostInput = maxInputTokens(instructions, isFirst ? sent.slice(0, -2) : sent);
    const lost =
      run.released || run.model === 'guide' ? null : estimate(lostInput, content.outputBytes, run.reserved);
    const spent = sumUsage(run.spent, lost);
    const seq = content.seq + 1;
    const opening = openingOf(cut.reasoning, seq, run.seams.length + 2);
    const last = { seq, chunks: JSON.stringify(opening) };
    const reserved = await claims.beginAttempt(env, { ...run, spent }, input, last);
    const attempt: Omit<NewRun, 'leave'> = {
      ...run,
      reserved,
      spent,
      conversation: Promise.resolve(conversation),
      instructions,
      temperature: state.temperature,
      keys,
      opening: [...content.chunks, ...opening],
      last,
      isTakenOver: true,
      titleFor: titleFor(state),
    };
    return { next: 'continue', attempt };
  } catch (error) {
    // The answer has called a tool, the model is no longer available, the quota is used up, or the run must not go on.
    if (!(error instanceof AppError || error instanceof LostRunError || isWithoutTokens(error))) throw error;
    log.info({ err: error, runId: run.runId }, 'an interrupted answer cannot be continued');
    return { next: 'interrupt' };
  }
}

/** Returns the question, if the chat gets its title from this exchange. */
function titleFor(state: {
  autoTitle: boolean;
  question: { parentId: string | null; parts: UIMessage['parts'] };
}): string | null {
  return state.autoTitle && state.question.parentId === null ? textOf(state.question.parts) : null;
}
