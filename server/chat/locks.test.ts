import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, runs } from '#server/db/schema/index';
import { finished } from '#test/answers';
import { type Person, signUp, startInstance } from '#test/caller';
import { type LogLine, recordLog } from '#test/logs';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;
let ada: Person;
let lines: LogLine[];

beforeAll(async () => {
  provider = await startScriptedProvider();
  const { log, lines: written } = recordLog();
  lines = written;
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings, log });
  ada = await signUp(deps);
});
afterAll(() => provider.close());

// Statements that delete a chat, move it to another account or start an answer lock the chat before the run.
test('the end of an answer does not deadlock with a transaction that locks its chat and then its run', async () => {
  const chat = await ada.api.chat.create({ title: 'Test' });
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  const { runId } = await ada.api.chat.send({ chatId: chat.id, clientRequestId: 'r-1', parts });
  const exchange = await provider.next();
  await exchange.say('words');
  await deps.db.transaction(async (tx) => {
    await tx.update(chats).set({ pinned: true }).where(eq(chats.id, chat.id));
    exchange.finish(1, 1);
    await pause(500);
    await tx
      .update(runs)
      .set({ cancelRequestedAt: sql`now()` })
      .where(eq(runs.id, runId));
  });
  expect(await finished(deps, runId)).toContainEqual(expect.objectContaining({ type: 'finish' }));
  expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
});
