import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Db } from '#server/db/database';
import { runs } from '#server/db/schema/index';
import { untilShown } from './answers.ts';
import { type Api, signUp, startInstance } from './caller.ts';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';

/** An answer in progress, whose text a test writes. */
export interface StartedAnswer {
  chatId: string;
  runId: string;
  messageId: string;
  exchange: Exchange;
}

/** Starts an instance whose runs are lost, another one, which takes them over, and a model that a test speaks for. */
export async function startPair() {
  const provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_ANSWERS_PER_USER: '100',
  };
  const deps = await startInstance({ settings });
  const ada = await signUp(deps);
  const other = await startInstance({ settings, renewMs: 100 });
  return { provider, settings, deps, ada, other };
}

/** Asks a question in a new chat. */
export async function begin(api: Api) {
  const { id: chatId } = await api.chat.create({ title: 'Test' });
  return api.chat.send({ chatId, clientRequestId: chatId, parts: [{ type: 'text', text: 'Go!' }] });
}

/** Starts an answer, and waits until it has shown `text`. */
export async function startAnswer(
  provider: ScriptedProvider,
  api: Api,
  text: string,
): Promise<StartedAnswer> {
  const run = await begin(api);
  const exchange = await provider.next();
  await exchange.say(text);
  await untilShown(api, run.chatId, JSON.stringify(text).slice(1, -1));
  return { ...run, exchange };
}

/** Changes a run as if the process that writes it had died some time ago. */
export async function loseOwner(
  db: Db,
  runId: string,
  changes: PgUpdateSetSource<typeof runs> = {},
): Promise<void> {
  await db
    .update(runs)
    .set({ ownerId: 'a dead process', leaseExpiresAt: sql`now() - interval '1 second'`, ...changes })
    .where(eq(runs.id, runId));
}

/** Returns the newest message of a chat. */
export async function lastMessage(api: Api, chatId: string) {
  const { items } = await api.chat.messages({ chatId });
  return items.at(-1);
}

/** Returns the messages that a model got after the first question. */
export const askedAfterQuestion = ({ messages }: Exchange) =>
  messages.slice(1 + messages.findIndex(({ role }) => role === 'user'));
