import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Deps } from '#server/compose';
import { chats, messages, runs, users } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { textOf } from '#server/search/message-text';
import { finished, streamEvents, textOfMessage, until, untilShown } from '#test/answers';
import { failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_MODELS: 'openai/gpt-5-mini',
  };
  deps = await startInstance({ settings });
  ada = await signUp(deps);
});

afterAll(() => provider.close());

const text = (value: string) => [{ type: 'text' as const, text: value }];
const newChat = async () => (await ada.api.chat.create({ title: 'Test' })).id;

let requests = 0;
const ask = (chatId: string, question: string) =>
  ada.api.chat.send({ chatId, clientRequestId: `request-${++requests}`, parts: text(question) });

async function finish(exchange: Exchange, runId: string, answer: string): Promise<void> {
  await exchange.say(answer);
  exchange.finish();
  await finished(deps, runId);
}

async function converse(chatId: string, question: string, answer: string): Promise<void> {
  const { runId } = await ask(chatId, question);
  await finish(await provider.next(), runId, answer);
}

/** Returns `role: text` of each message of the branch that the chat shows. */
async function shown(chatId: string): Promise<string[]> {
  const { items } = await ada.api.chat.messages({ chatId, limit: 100 });
  return items.map((message) => `${message.role}: ${textOfMessage(message)}`);
}

describe('send', () => {
  test('writes the question and the answer, and sends the whole conversation to the model', async () => {
    const chatId = await newChat();
    const { runId, messageId } = await ask(chatId, 'One?');
    expect((await ada.api.chat.get({ id: chatId })).activeRunId).toBe(runId);
    const waiting = (await ada.api.chat.messages({ chatId })).items;
    expect(waiting.map(({ role, status }) => [role, status])).toEqual([
      ['user', 'complete'],
      ['assistant', 'streaming'],
    ]);
    expect(waiting[1]?.id).toBe(messageId);
    await finish(await provider.next(), runId, '1');
    const second = await ask(chatId, 'Two?');
    const exchange = await provider.next();
    expect(exchange.messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', 'You are a helpful assistant.'],
      ['user', 'One?'],
      ['assistant', '1'],
      ['user', 'Two?'],
    ]);
    await finish(exchange, second.runId, '2');
    expect(await shown(chatId)).toEqual(['user: One?', 'assistant: 1', 'user: Two?', 'assistant: 2']);
    expect((await ada.api.chat.get({ id: chatId })).activeRunId).toBeNull();
    const [run] = await deps.db.select().from(runs).where(eq(runs.id, second.runId));
    expect(run).toMatchObject({
      status: 'complete',
      inputTokens: 3,
      outputTokens: 5,
      model: 'openai-compatible/scripted',
    });
  });

  test('returns the first result to a repeated call, during the run and after it', async () => {
    const chatId = await newChat();
    const call = () => ada.api.chat.send({ chatId, clientRequestId: 'again', parts: text('Hello') });
    const first = await call();
    expect(await call()).toEqual(first);
    await finish(await provider.next(), first.runId, 'Hi');
    expect(await call()).toEqual(first);
    expect(await shown(chatId)).toEqual(['user: Hello', 'assistant: Hi']);
    expect(await failureOf(ada.api.chat.send({ chatId, clientRequestId: 'again', parts: text('Bye') }))).toBe(
      'REQUEST_ID_REUSED',
    );
    // An id is unique within its chat.
    const elsewhere = { chatId: await newChat(), clientRequestId: 'again', parts: text('Hello') };
    const other = await ada.api.chat.send(elsewhere);
    expect(other.runId).not.toBe(first.runId);
    await finish(await provider.next(), other.runId, 'Hi');
  });

  test('recognizes a repeated call by the id and the client id of the chat', async () => {
    const { id } = await ada.api.chat.create({ clientId: 'of-a-client' });
    const call = (chatId: string) =>
      ada.api.chat.send({ chatId, clientRequestId: 'by-either-id', parts: text('Hello') });
    const first = await call('of-a-client');
    expect(first.chatId).toBe(id);
    await finish(await provider.next(), first.runId, 'Hi');
    expect(await call(id)).toEqual(first);
    expect(await shown(id)).toEqual(['user: Hello', 'assistant: Hi']);
  });

  test('runs ten identical simultaneous calls once', async () => {
    const chatId = await newChat();
    const calls = Array.from({ length: 10 }, () =>
      ada.api.chat.send({ chatId, clientRequestId: 'ten at once', parts: text('Hello') }).catch(String),
    );
    const invalid = await Promise.all(calls);
    expect(invalid[0]).toContain('clientRequestId');
    const valid = await Promise.all(
      Array.from({ length: 10 }, () =>
        ada.api.chat.send({ chatId, clientRequestId: 'ten-at-once', parts: text('Hello') }),
      ),
    );
    expect(new Set(valid.map((run) => run.runId)).size).toBe(1);
    await finish(await provider.next(), valid[0]?.runId ?? '', 'Hi');
    expect(await shown(chatId)).toEqual(['user: Hello', 'assistant: Hi']);
    expect(await deps.db.$count(runs, eq(runs.chatId, chatId))).toBe(1);
  });

  test('keeps request ids of different users apart', async () => {
    const ben = await signUp(deps, 'Ben');
    const [own, theirs] = [await newChat(), (await ben.api.chat.create({ title: 'Test' })).id];
    const call = { clientRequestId: 'shared', parts: text('Hello') };
    const first = await ada.api.chat.send({ ...call, chatId: own });
    const exchange = await provider.next();
    const second = await ben.api.chat.send({ ...call, chatId: theirs });
    expect(second.runId).not.toBe(first.runId);
    await finish(exchange, first.runId, 'Hi');
    await finish(await provider.next(), second.runId, 'Hi');
  });

  test('rejects a question with RUN_ACTIVE and the run’s id while an answer is being written', async () => {
    const chatId = await newChat();
    const questions = await Promise.allSettled(
      ['One?', 'Two?', 'Three?'].map((question) => ask(chatId, question)),
    );
    const started = questions.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const rejected = questions.flatMap((result): unknown[] =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    expect(started).toHaveLength(1);
    const runId = started[0]?.runId ?? '';
    expect(rejected).toHaveLength(2);
    for (const error of rejected)
      expect(error).toMatchObject({ kind: 'RUN_ACTIVE', options: { fields: { runId } } });
    await expect(ada.api.chat.regenerate({ chatId })).rejects.toMatchObject({
      kind: 'RUN_ACTIVE',
      options: { fields: { runId } },
    });
    await finish(await provider.next(), runId, 'Hi');
    expect(await shown(chatId)).toHaveLength(2);
    await converse(chatId, 'Next?', 'Yes');
  });

  test('writes nothing if the model has no key or is unknown', async () => {
    const chatId = await newChat();
    await deps.db.update(chats).set({ model: 'openai/gpt-5-mini' }).where(eq(chats.id, chatId));
    expect(await failureOf(ask(chatId, 'Hello'))).toBe('MODEL_UNAUTHORIZED');
    await deps.db.update(chats).set({ model: 'openai/withdrawn' }).where(eq(chats.id, chatId));
    await expect(ask(chatId, 'Hello')).rejects.toMatchObject({
      kind: 'INVALID_INPUT',
      options: { issues: [{ pointer: '/model' }] },
    });
    expect(await deps.db.$count(messages, eq(messages.chatId, chatId))).toBe(0);
    expect(await deps.db.$count(runs, eq(runs.chatId, chatId))).toBe(0);
  });
});

describe('regenerate', () => {
  test('writes another answer to the same question and keeps the earlier one', async () => {
    const chatId = await newChat();
    await converse(chatId, 'One?', 'first');
    const [question, first] = (await ada.api.chat.messages({ chatId })).items;
    const { runId, messageId } = await ada.api.chat.regenerate({ chatId });
    const exchange = await provider.next();
    expect(exchange.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    await finish(exchange, runId, 'second');
    expect(await shown(chatId)).toEqual(['user: One?', 'assistant: second']);
    const rows = await deps.db.select().from(messages).where(eq(messages.chatId, chatId));
    const answers = rows.filter((row) => row.parentId === question?.id);
    expect(answers.map((row) => [row.id, textOf(row.parts)]).sort()).toEqual(
      [
        [first?.id, 'first'],
        [messageId, 'second'],
      ].sort(),
    );
  });

  test('starts a branch at an earlier answer', async () => {
    const chatId = await newChat();
    await converse(chatId, 'One?', '1');
    await converse(chatId, 'Two?', '2');
    const { items } = await ada.api.chat.messages({ chatId });
    const { runId } = await ada.api.chat.regenerate({ chatId, messageId: items[1]?.id ?? '' });
    await finish(await provider.next(), runId, 'other 1');
    expect(await shown(chatId)).toEqual(['user: One?', 'assistant: other 1']);
    expect(await deps.db.$count(messages, eq(messages.chatId, chatId))).toBe(5);
  });

  test('accepts the id of a question', async () => {
    const chatId = await newChat();
    await converse(chatId, 'One?', '1');
    const question = (await ada.api.chat.messages({ chatId })).items[0]?.id ?? '';
    const { runId } = await ada.api.chat.regenerate({ chatId, messageId: question });
    await finish(await provider.next(), runId, 'one');
    expect(await shown(chatId)).toEqual(['user: One?', 'assistant: one']);
  });

  test('returns NOT_FOUND for an empty chat and for messages of another chat', async () => {
    const chatId = await newChat();
    expect(await failureOf(ada.api.chat.regenerate({ chatId }))).toBe('NOT_FOUND');
    await converse(chatId, 'One?', '1');
    const { items } = await ada.api.chat.messages({ chatId });
    const other = await newChat();
    for (const { id } of items) {
      expect(await failureOf(ada.api.chat.regenerate({ chatId: other, messageId: id }))).toBe('NOT_FOUND');
    }
  });
});

describe('stop', () => {
  test('is part of a ban, in every chat of the user', async () => {
    const root = await signUp(deps);
    await deps.db.update(users).set({ role: 'admin' }).where(eq(users.id, root.id));
    deps.authenticator.invalidate(root.id);
    const eve = await signUp(deps);
    const { id: chatId } = await eve.api.chat.create({});
    const { runId } = await eve.api.chat.send({ chatId, clientRequestId: 'one', parts: text('Hello') });
    const exchange = await provider.next();
    await exchange.say('Hi');
    await root.api.users.ban({ id: eve.id });
    await exchange.abandoned;
    await finished(deps, runId);
    const [run] = await deps.db.select().from(runs).where(eq(runs.id, runId));
    expect(run?.status).toBe('stopped');
  });

  test('keeps the text so far, cancels the provider’s request, and the chat can continue', async () => {
    const chatId = await newChat();
    const { runId } = await ask(chatId, 'Count!');
    const exchange = await provider.next();
    await exchange.say('one, ');
    await exchange.say('two');
    await untilShown(ada.api, chatId, 'two');
    expect(await ada.api.chat.stop({ chatId })).toEqual({ stopped: true });
    await exchange.abandoned;
    expect((await finished(deps, runId)).at(-1)).toEqual({ type: 'abort', reason: 'stopped' });
    const { items } = await ada.api.chat.messages({ chatId });
    expect(items.at(-1)).toMatchObject({ status: 'stopped', error: null });
    expect(textOfMessage(items.at(-1))).toBe('one, two');
    expect(await ada.api.chat.stop({ chatId })).toEqual({ stopped: false });
    await converse(chatId, 'Go on!', 'three');
    expect(await shown(chatId)).toEqual([
      'user: Count!',
      'assistant: one, two',
      'user: Go on!',
      'assistant: three',
    ]);
  });

  test('does not happen when a reader disconnects', async () => {
    const chatId = await newChat();
    const { runId } = await ask(chatId, 'Hello?');
    const exchange = await provider.next();
    for await (const event of streamEvents(ada.api, { chatId })) {
      expect(event.id).toBe('1');
      break;
    }
    await finish(exchange, runId, 'Still here');
    expect(await shown(chatId)).toEqual(['user: Hello?', 'assistant: Still here']);
  });

  test('is part of deleting the chat, and ends the streams of its readers', async () => {
    const chatId = await newChat();
    await ask(chatId, 'Hello?');
    const exchange = await provider.next();
    const events: string[] = [];
    for await (const { chunks } of streamEvents(ada.api, { chatId })) {
      events.push(chunks);
      if (events.length === 1) await ada.api.chat.delete({ id: chatId });
    }
    // A normal end without this chunk would mean that the answer is complete.
    expect(events.at(-1)).toBe('[{"type":"abort","reason":"stopped"}]');
    await exchange.abandoned;
    await until(() => deps.runs.activeCount() === 0);
    expect(await failureOf(ada.api.chat.get({ id: chatId }))).toBe('NOT_FOUND');
    await removeDeleted(deps.database);
    expect(await deps.db.$count(messages, eq(messages.chatId, chatId))).toBe(0);
  });
});

describe('messages', () => {
  test('returns a long branch page by page from its end, without messages of other branches', async () => {
    const chatId = await newChat();
    const LENGTH = 250;
    const id = (n: number) => `${chatId}-${n}`;
    const rows = Array.from({ length: LENGTH }, (_, n) => ({
      id: id(n),
      chatId,
      userId: ada.id,
      parentId: n === 0 ? null : id(n - 1),
      role: n % 2 ? ('assistant' as const) : ('user' as const),
      status: 'complete' as const,
      parts: text(`message ${n}`),
    }));
    await deps.db.insert(messages).values(rows);
    await deps.db
      .insert(messages)
      .values(rows.filter((_, n) => n % 10 === 1).map((row) => ({ ...row, id: `${row.id}-b` })));
    await deps.db
      .update(chats)
      .set({ leafId: id(LENGTH - 1) })
      .where(eq(chats.id, chatId));
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await ada.api.chat.messages({ chatId, limit: 30, ...(cursor && { cursor }) });
      seen.unshift(...page.items.map((message) => Number(textOfMessage(message).slice('message '.length))));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: LENGTH }, (_, n) => n));
  });

  test('returns nothing for a cursor of another chat', async () => {
    const [one, other] = [await newChat(), await newChat()];
    await converse(one, 'One?', '1');
    const [message] = (await ada.api.chat.messages({ chatId: one })).items;
    const cursor = Buffer.from(JSON.stringify([message?.id])).toString('base64url');
    expect((await ada.api.chat.messages({ chatId: other, cursor })).items).toEqual([]);
  });
});

describe('a failure of the model', () => {
  const Failure = z.object({
    type: z.literal('data-error'),
    data: z.looseObject({ code: z.string(), status: z.number() }),
  });

  test('keeps the text so far with an error code, and reaches readers as data and as an AI SDK error', async () => {
    const chatId = await newChat();
    const { runId } = await ask(chatId, 'Hello?');
    const exchange = await provider.next();
    await exchange.say('Hel');
    await untilShown(ada.api, chatId, 'Hel');
    exchange.cut();
    const chunks = await finished(deps, runId);
    const { data } = Failure.parse(chunks.at(-2));
    expect(chunks.at(-1)).toEqual({ type: 'error', errorText: data['detail'] });
    const { items } = await ada.api.chat.messages({ chatId });
    expect(items.at(-1)).toMatchObject({ status: 'failed', error: data.code });
    expect(['MODEL_UNAVAILABLE', 'MODEL_BAD_RESPONSE']).toContain(data.code);
    expect(textOfMessage(items.at(-1))).toBe('Hel');
    await converse(chatId, 'Again?', 'Hello!');
  });
});
