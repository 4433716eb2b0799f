import { and, eq } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import type { AnswerState, ChatAnswer, ChatAsk } from '#contract/ask';
import { progressOf } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { chats, isActive, messages, runs } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import type { Streams } from '#server/people/streams';
import { textOf } from '#server/search/message-text';
import { addedText } from './chunks.ts';
import { foldChunks } from './fold.ts';
import type { Runs } from './engine.ts';
import type { StartDeps } from './run-start.ts';
import { parseChunks } from './run-store.ts';
import { send } from './send.ts';

/** The services that wait for an answer. */
interface WaitDeps {
  db: Db;
  env: Pick<Env, 'APP_URL'>;
  runs: Pick<Runs, 'follow' | 'written'>;
  streams: Pick<Streams, 'enter'>;
}

/**
 * The beginning of the client id of a chat that `ask` creates. A client cannot choose such an id, because ids have no
 * colon.
 */
const ASKED = 'ask:';

/**
 * Sends a question, by default to a new chat, and waits for the answer. The answer does not end with the wait.
 * @param signal ends the wait.
 * @throws {AppError} like `send`, and TOO_MANY_REQUESTS, before anything is sent, if too many calls wait.
 */
export function ask(
  deps: StartDeps & WaitDeps,
  actor: Actor,
  { chatId, clientRequestId = newId(), text, waitSeconds }: z.output<typeof ChatAsk>,
  signal: AbortSignal,
): Promise<z.output<typeof AnswerState>> {
  return waiting(deps, actor, { waitSeconds, signal }, async () => {
    const { runId } = await send(deps, actor, {
      chatId: chatId ?? `${ASKED}${clientRequestId}`,
      clientRequestId,
      parts: [{ type: 'text', text }],
      createChat: chatId === undefined,
    });
    return runId;
  });
}

/**
 * Waits for the answer of a run.
 * @param signal ends the wait.
 * @throws {AppError} NOT_FOUND, TOO_MANY_REQUESTS if too many calls wait.
 */
export function answer(
  deps: WaitDeps,
  actor: Actor,
  { runId, waitSeconds }: z.output<typeof ChatAnswer>,
  signal: AbortSignal,
): Promise<z.output<typeof AnswerState>> {
  return waiting(deps, actor, { waitSeconds, signal }, () => Promise.resolve(runId));
}

/**
 * Waits for the answer of the run that `begin` returns. The call counts as an open stream, which it is for the server.
 * It returns early if the instance stops.
 */
async function waiting(
  deps: WaitDeps,
  actor: Actor,
  { waitSeconds, signal }: { waitSeconds: number; signal: AbortSignal },
  begin: () => Promise<string>,
): Promise<z.output<typeof AnswerState>> {
  if (waitSeconds === 0) return stateOf(deps, await findAnswer(deps, actor, await begin()));
  const report = progressOf(signal);
  const revocation = new AbortController();
  const end = new AbortController();
  const onStop = () => {
    end.abort();
  };
  const reader = { actor, access: 'signed-in' as const, ip: actor.request.ip, signal, revocation, onStop };
  const place = deps.streams.enter(reader);
  try {
    const runId = await begin();
    const timer = setTimeout(onStop, waitSeconds * 1000);
    const ends = AbortSignal.any([signal, revocation.signal, end.signal]);
    let found = await findAnswer(deps, actor, runId);
    try {
      // `chat.continue` can start another run that writes the same message.
      while (found.writerId !== null && !ends.aborted) {
        let written = 0;
        for await (const { chunks } of deps.runs.follow(found.writerId, 0, ends)) {
          if (!report) continue;
          written += parseChunks(chunks).reduce((sum, chunk) => sum + addedText(chunk).length, 0);
          report(written, `${written} characters are written.`);
        }
        found = await findAnswer(deps, actor, runId);
      }
    } finally {
      clearTimeout(timer);
    }
    await place.checked();
    revocation.signal.throwIfAborted();
    return await stateOf(deps, found);
  } finally {
    place.leave();
  }
}

const writer = alias(runs, 'writer');

/** Reads the message of a run, and the run that is writing it. @throws {AppError} NOT_FOUND */
async function findAnswer({ db }: { db: Db }, { userId }: Actor, runId: string) {
  const { chatId, messageId } = runs;
  const { status, parts } = messages;
  const [found] = await db
    .select({ runId: runs.id, chatId, messageId, status, parts, writerId: writer.id })
    .from(runs)
    .innerJoin(chats, eq(chats.id, runs.chatId))
    .innerJoin(messages, eq(messages.id, runs.messageId))
    .leftJoin(
      writer,
      and(eq(writer.chatId, runs.chatId), eq(writer.messageId, runs.messageId), isActive(writer)),
    )
    .where(and(eq(runs.id, runId), eq(chats.userId, userId)));
  if (!found) throw notFound('run');
  return found;
}

type FoundAnswer = Awaited<ReturnType<typeof findAnswer>>;

/** Returns an answer as clients see it. The text of an answer in progress is in the log of its run. */
async function stateOf(
  { env, runs: { written } }: WaitDeps,
  { writerId, parts, ...found }: FoundAnswer,
): Promise<z.output<typeof AnswerState>> {
  const shown = writerId === null ? parts : await foldChunks(found.messageId, await written(writerId));
  const path = `/chat/${found.chatId}`;
  return { ...found, text: textOf(shown), url: env.APP_URL ? new URL(path, env.APP_URL).href : path };
}
