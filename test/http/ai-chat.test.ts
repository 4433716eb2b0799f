import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { type Account, answered, caller, read, signUp, until } from '#test/client';
import { expectProblem } from '#test/problem';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';

const provider = await startProviderServer();
afterAll(provider.close);
const server = await startServer({
  AI_BASE_URL: provider.url,
  AI_MODEL: 'openai-compatible/slow-50x10',
  AI_MODELS: 'guide',
});
afterAll(server.stop);
const ada = await signUp(server.url);

const whole = answerDeltas(50).join('');

/** The default transport of `useChat`, with only the URL of the API. */
const transportOf = ({ url, headers }: Pick<Account, 'url' | 'headers'>) =>
  new DefaultChatTransport({ api: `${url}/api/chat`, headers });

const question = (text: string): UIMessage => ({
  id: randomUUID(),
  role: 'user',
  parts: [{ type: 'text', text }],
});

/** Sends a conversation like `useChat`. */
function submit(
  chatId: string,
  messages: UIMessage[],
  as: Pick<Account, 'url' | 'headers'> = ada,
  abortSignal?: AbortSignal,
) {
  const trigger = 'submit-message' as const;
  return transportOf(as).sendMessages({ chatId, messages, trigger, messageId: undefined, abortSignal });
}

/** Returns the message that a client builds from a stream of chunks, without undefined fields. */
async function fold(stream: ReadableStream<UIMessageChunk>): Promise<UIMessage | undefined> {
  let message: UIMessage | undefined;
  for await (const snapshot of readUIMessageStream({ stream })) message = snapshot;
  return message && JSON.parse(JSON.stringify(message));
}

const textOf = (message: Pick<UIMessage, 'parts'> | undefined) =>
  message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** Returns the chat with the client's own id. */
async function chatOf(account: Account, title: string) {
  const { items } = await account.rpc.chat.list.query({ search: title });
  expect(items).toHaveLength(1);
  return items[0]?.id ?? '';
}

test('streams an answer that equals the stored message', async () => {
  const asked = question('Tell me everything about protocols');
  const message = await fold(await submit('chat-of-a-client', [asked]));
  const [stored, answer] = await answered(ada, await chatOf(ada, 'protocols'));
  expect(stored).toMatchObject({ role: 'user', parts: asked.parts });
  expect(textOf(message)).toBe(whole);
  expect(answer).toMatchObject({
    id: message?.id,
    role: 'assistant',
    status: 'complete',
    parts: message?.parts,
  });
});

test('the guide answers two questions of a conversation', async () => {
  const chat = await ada.rpc.chat.create.mutate({ model: 'guide' });
  const first = question('How do I add a procedure?');
  const answer = await fold(await submit(chat.id, [first]));
  expect(textOf(answer)).toMatch(/guide/i);
  const history = answer ? [first, answer] : [];
  await fold(await submit(chat.id, [...history, question('And how is it called over REST?')]));
  expect(await answered(ada, chat.id)).toMatchObject([
    { parts: first.parts },
    { id: answer?.id, parts: answer?.parts },
    { role: 'user' },
    { role: 'assistant', status: 'complete' },
  ]);
});

test('an answer continues after its reader disconnects, and can be resumed', async () => {
  const leaving = new AbortController();
  const stream = await submit('reader-disconnects', [question('Count zebras')], ada, leaving.signal);
  const seen: UIMessageChunk[] = [];
  await expect(async () => {
    for await (const chunk of stream) {
      seen.push(chunk);
      if (chunk.type === 'text-delta') leaving.abort();
    }
  }).rejects.toThrow(/abort/i);
  expect(seen.length).toBeLessThan(30);

  const resumed = await transportOf(ada).reconnectToStream({ chatId: 'reader-disconnects' });
  expect(textOf(resumed ? await fold(resumed) : undefined)).toBe(whole);
  const [, answer] = await answered(ada, await chatOf(ada, 'zebras'));
  expect(answer).toMatchObject({ status: 'complete' });
  expect(textOf(answer)).toBe(whole);
  expect(await transportOf(ada).reconnectToStream({ chatId: 'reader-disconnects' })).toBeNull();
});

test('regenerates an answer', async () => {
  const messages = [question('Regenerate gazelles')];
  const first = await fold(await submit('regenerated', messages));
  const chatId = await chatOf(ada, 'gazelles');
  const [asked] = await answered(ada, chatId);
  const again = await transportOf(ada).sendMessages({
    trigger: 'regenerate-message',
    chatId: 'regenerated',
    messageId: first?.id,
    messages,
    abortSignal: undefined,
  });
  const second = await fold(again);
  expect(textOf(second)).toBe(whole);
  expect(second?.id).not.toBe(first?.id);
  expect(await answered(ada, chatId)).toMatchObject([
    { id: asked?.id },
    { id: second?.id, parentId: asked?.id },
  ]);
});

test('an edited question starts another branch, and one that never arrived is sent', async () => {
  await fold(await submit('edited', [question('Tell me of wombats')]));
  const chatId = await chatOf(ada, 'wombats');
  const [asked] = await answered(ada, chatId);
  const edit = async (messageId: string, text: string, before: UIMessage[] = []) =>
    fold(
      await transportOf(ada).sendMessages({
        trigger: 'submit-message',
        chatId: 'edited',
        messageId,
        messages: [...before, { ...question(text), id: messageId }],
        abortSignal: undefined,
      }),
    );
  const message = await edit(asked?.id ?? '', 'Tell me of quokkas');
  const branch = await answered(ada, chatId);
  expect(branch).toMatchObject([
    { parts: [{ type: 'text', text: 'Tell me of quokkas' }], parentId: null },
    { id: message?.id, status: 'complete' },
  ]);
  expect(branch[0]?.branchIds).toEqual([asked?.id, branch[0]?.id]);

  const unsent = randomUUID();
  const first = await edit(unsent, 'And of bilbies', branch);
  expect(await edit(unsent, 'And of bilbies', branch)).toEqual(first);
  expect((await answered(ada, chatId)).map(textOf)).toEqual([
    'Tell me of quokkas',
    whole,
    'And of bilbies',
    whole,
  ]);
});

test('answers a message once if it is sent twice', async () => {
  const messages = [question('Only once, antelope')];
  const both = await Promise.all([submit('sent-twice', messages), submit('sent-twice', messages)]);
  const [one, other] = await Promise.all(both.map(fold));
  expect(one).toEqual(other);
  expect(await answered(ada, await chatOf(ada, 'antelope'))).toHaveLength(2);
});

test('two accounts can use the same id without seeing each other’s chat', async () => {
  const bob = await signUp(server.url);
  await fold(await submit('shared-id', [question('Mine, says Ada')]));
  expect((await bob.fetch('/api/chat/shared-id/stream')).status).toBe(204);
  await fold(await submit('shared-id', [question('Mine, says Bob')], bob));
  expect(await ada.rpc.chat.list.query({ search: 'bob' })).toMatchObject({ items: [] });
  expect(await bob.rpc.chat.list.query({ search: 'ada' })).toMatchObject({ items: [] });
  expect((await bob.rpc.chat.list.query({})).items).toHaveLength(1);
});

describe('returns a problem document', () => {
  const post = async (body: unknown, as: Pick<Account, 'fetch'> = ada, type = 'application/json') =>
    read(
      await as.fetch('/api/chat', {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      }),
    );
  const valid = () => ({ id: randomUUID(), trigger: 'submit-message', messages: [question('Hello')] });

  test('for an invalid conversation', async () => {
    const file = { type: 'file', mediaType: 'image/png', url: 'data:,' };
    for (const [pointer, messages] of [
      ['/messages', []],
      ['/messages/0/role', [{ ...question('Hello'), role: 'assistant' }]],
      ['/messages/0/parts', [{ ...question('Hello'), parts: [] }]],
      ['/messages/0/parts/0/url', [{ ...question('Hello'), parts: [file] }]],
    ]) {
      const { issues } = expectProblem(await post({ ...valid(), messages }), 'INVALID_INPUT');
      expect(issues?.[0]).toMatchObject({ pointer });
    }
    expectProblem(await post({ ...valid(), id: '../../etc' }), 'INVALID_INPUT');
    expectProblem(
      await post({ ...valid(), messages: [{ ...question('x'), id: 'x'.repeat(201) }] }),
      'INVALID_INPUT',
    );
  });

  test('for a caller, media type or size that is not accepted', async () => {
    expectProblem(await post(valid(), caller(server.url)), 'UNAUTHORIZED');
    expectProblem(await post(valid(), ada, 'text/plain'), 'UNSUPPORTED_MEDIA_TYPE');
    expectProblem(
      await post({ ...valid(), messages: [question('x'.repeat(5_000_000))] }),
      'PAYLOAD_TOO_LARGE',
    );
    expectProblem(await read(await caller(server.url).fetch('/api/chat/x/stream')), 'UNAUTHORIZED');
    expect((await ada.fetch('/api/chat/unknown/stream')).status).toBe(204);
  });

  test('which an unmodified client shows', async () => {
    await expect(submit('x', [question('Hi')], caller(server.url))).rejects.toThrow('"code":"UNAUTHORIZED"');
  });
});

test('ends the stream when the answer is stopped', async () => {
  const stream = await submit('stopped', [question('Count okapis')]);
  const chatId = await chatOf(ada, 'okapis');
  const { stopped } = await ada.rpc.chat.stop.mutate({ chatId });
  expect(stopped).toBe(true);
  const message = await fold(stream);
  expect(whole.startsWith(textOf(message) ?? '-')).toBe(true);
  const [, answer] = await until(
    () => answered(ada, chatId),
    (messages) => messages.length === 2,
  );
  expect(answer).toMatchObject({ status: 'stopped' });
});
