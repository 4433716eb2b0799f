import { afterAll, describe, expect, test } from '@jest/globals';
import { and, eq, lt, sql } from 'drizzle-orm';
import { messages, runEvents, runs } from '#server/db/schema/index';
import { finished, textOfMessage } from '#test/answers';
import { type Account, signUp } from '#test/client';
import { startScriptedProvider } from '#test/scripted-provider';
import { serveInstance } from '#test/served';
import { pruneLogs } from './prune-logs.ts';

const provider = await startScriptedProvider();
afterAll(() => provider.close());
const server = await serveInstance({
  settings: { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url },
});
afterAll(server.close);
const { deps } = server;
const ada: Account = await signUp(server.url);

const WORDS = ['One ', 'two ', 'three ', 'four ', 'five.'];

/** Creates an answer of several events. @returns its run and the number of its last event. */
async function answer(end: 'finish' | 'stop' | 'fail' = 'finish') {
  const chat = await ada.rpc.chat.create.mutate({});
  const parts = [{ type: 'text' as const, text: 'Count' }];
  const run = await ada.rpc.chat.send.mutate({ chatId: chat.id, clientRequestId: 'one', parts });
  const exchange = await provider.next();
  for (const word of WORDS) {
    await exchange.say(word);
    // Each word gets an event of its own.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  if (end === 'finish') exchange.finish();
  else if (end === 'stop') await ada.rpc.chat.stop.mutate({ chatId: chat.id });
  else exchange.cut();
  await finished(deps, run.runId);
  const [{ lastSeq } = { lastSeq: null }] = await deps.db.select().from(runs).where(eq(runs.id, run.runId));
  expect(lastSeq).toBeGreaterThan(4);
  return { ...run, lastSeq: lastSeq ?? 0 };
}

/** Changes a run as if it had ended long ago, and deletes its log. */
async function prune(runId: string) {
  await deps.db
    .update(runs)
    .set({ finishedAt: sql`now() - interval '11 minutes'` })
    .where(eq(runs.id, runId));
  await pruneLogs(deps.database);
  expect(await deps.db.$count(runEvents, eq(runEvents.runId, runId))).toBe(0);
}

const follow = async (chatId: string, lastEventId?: number, accept = 'text/event-stream') => {
  const headers = { accept, ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }) };
  const response = await ada.fetch(`/api/v1/chats/${chatId}/stream`, { headers });
  return { status: response.status, text: await response.text() };
};

const textOf = (stream: string) =>
  [...stream.matchAll(/"delta":"([^"]*)"/g)].map(([, delta = '']) => delta).join('');

describe('the stream of an answer whose events have been deleted', () => {
  test.each(['finish', 'stop', 'fail'] as const)('is created from the stored message: %s', async (end) => {
    const run = await answer(end);
    const before = await follow(run.chatId);
    await prune(run.runId);
    const after = await follow(run.chatId);
    expect(textOf(after.text)).toBe(textOf(before.text));
    expect(after.text).toContain(`"messageId":"${run.messageId}"`);
    for (const last of ['"type":"finish"', '"type":"abort"', '"type":"error"', 'event: done']) {
      expect(after.text.includes(last)).toBe(before.text.includes(last));
    }
    expect(after.text).toContain('event: done');
    const [stored] = await deps.db.select().from(messages).where(eq(messages.id, run.messageId));
    expect(textOf(after.text)).toBe(textOfMessage(stored));
  });

  test.each(['text/event-stream', 'application/x-ndjson'])(
    'ends with STREAM_GONE for a reader that has some of the events: %s',
    async (accept) => {
      const run = await answer();
      await prune(run.runId);
      const { status, text } = await follow(run.chatId, 3, accept);
      expect(status).toBe(200);
      expect(text).toMatch(accept === 'text/event-stream' ? /event: error\ndata: / : /"event":"error"/);
      expect(text).toContain('"code":"STREAM_GONE"');
      expect(text).toContain(`"messageId":"${run.messageId}"`);
      expect(text).not.toContain('done');
    },
  );

  test('ends normally for a reader that has all events', async () => {
    const run = await answer();
    await prune(run.runId);
    expect(await follow(run.chatId, run.lastSeq)).toMatchObject({
      status: 200,
      text: expect.stringContaining('event: done'),
    });
  });

  test('is complete while its first events are being deleted', async () => {
    const run = await answer();
    const whole = await follow(run.chatId);
    const rest = await follow(run.chatId, 3);
    await deps.db.delete(runEvents).where(and(eq(runEvents.runId, run.runId), lt(runEvents.seq, 3)));
    expect(textOf((await follow(run.chatId)).text)).toBe(textOf(whole.text));
    expect(await follow(run.chatId, 1)).toMatchObject({ text: expect.stringContaining('STREAM_GONE') });
    expect((await follow(run.chatId, 3)).text).toBe(rest.text);
  });

  test('is not found if its chat has been deleted', async () => {
    const run = await answer();
    await ada.rpc.chat.delete.mutate({ id: run.chatId });
    expect((await follow(run.chatId, 3)).status).toBe(404);
  });
});
