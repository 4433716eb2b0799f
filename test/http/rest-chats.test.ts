import { afterAll, describe, expect, test } from '@jest/globals';
import { answered, idOf, itemsOf, newMessage, signUp } from '#test/client';
import { expectProblem } from '#test/problem';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';
import { chunksOf, collect, eventsOf, textOf } from '#test/sse';

const SLOW = 'openai-compatible/slow-100x10';
const ENDLESS = 'openai-compatible/slow-3000x10';

const provider = await startProviderServer();
afterAll(provider.close);
const server = await startServer({
  AI_BASE_URL: provider.url,
  AI_MODEL: 'openai-compatible/normal',
  AI_MODELS: `${SLOW},${ENDLESS}`,
});
afterAll(server.stop);
const ada = await signUp(server.url);

async function newChat(fields: object = {}): Promise<string> {
  return idOf(await ada.rest('POST /chats', { json: fields }));
}

const say = (chatId: string, text: string) =>
  ada.rest(`POST /chats/${chatId}/messages`, { json: newMessage(text) });

async function follow(chatId: string, lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await ada.fetch(`/api/v1/chats/${chatId}/stream`, { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return eventsOf(response);
}

describe('chats', () => {
  test('are created, read, updated and deleted', async () => {
    const created = await ada.rest('POST /chats', { json: { title: '  Plans ' } });
    const id = idOf(created);
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/api/v1/chats/${id}`);
    expect(created.body).toMatchObject({
      title: 'Plans',
      pinned: false,
      archived: false,
      temporary: false,
      model: null,
      activeRunId: null,
    });

    const read = await ada.rest(`GET /chats/${id}`);
    expect(read).toMatchObject({ status: 200, body: created.body });
    expect(read.headers.get('cache-control')).toBe('private, no-cache');

    const changed = await ada.rest(`PATCH /chats/${id}`, { json: { pinned: true } });
    expect(changed).toMatchObject({ status: 200, body: { id, title: 'Plans', pinned: true } });

    const deleted = await ada.rest(`DELETE /chats/${id}`);
    expect(deleted).toMatchObject({ status: 204, body: null });
    expectProblem(await ada.rest(`GET /chats/${id}`), 'NOT_FOUND');
    expectProblem(await ada.rest(`DELETE /chats/${id}`), 'NOT_FOUND');
    expectProblem(await ada.rest(`PATCH /chats/${id}`, { json: { pinned: true } }), 'NOT_FOUND');
  });

  test('report the invalid field', async () => {
    const problem = expectProblem(
      await ada.rest('POST /chats', { json: { title: 7, colour: 'red' } }),
      'INVALID_INPUT',
    );
    expect(problem.issues).toContainEqual({ pointer: '/title', message: expect.stringContaining('string') });
    expect(JSON.stringify(problem.issues)).toContain('colour');
    expectProblem(await ada.rest('POST /chats', { json: { model: 'guide/nobody' } }), 'INVALID_INPUT');
  });

  test('with the same clientId are one chat, also if created at the same time', async () => {
    const create = () => newChat({ clientId: 'chosen-by-the-client' });
    const ids = await Promise.all(Array.from({ length: 8 }, create));
    expect(new Set([...ids, await create()]).size).toBe(1);
  });

  test('are listed in pages, pinned first, and found by words of titles and messages', async () => {
    const bob = await signUp(server.url);
    const titles = ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo'];
    for (const title of titles) await bob.rest('POST /chats', { json: { title } });
    const [newest] = itemsOf(await bob.rest('GET /chats?limit=1'));
    expect(newest).toMatchObject({ title: 'Echo' });
    const bravo = itemsOf(await bob.rest('GET /chats?search=brav'))[0]?.id;
    await bob.rest(`PATCH /chats/${bravo}`, { json: { pinned: true } });

    const seen: unknown[] = [];
    let next: string | undefined = '/api/v1/chats?limit=2';
    while (next !== undefined) {
      const page = await bob.rest(`GET ${next.replace('/api/v1', '')}`);
      seen.push(...itemsOf(page).map((chat) => chat['title']));
      next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(['Bravo', 'Echo', 'Delta', 'Charlie', 'Alpha']);

    await bob.rest(`PATCH /chats/${bravo}`, { json: { archived: true } });
    expect(itemsOf(await bob.rest('GET /chats'))).toHaveLength(4);
    expect(itemsOf(await bob.rest('GET /chats?archived=true'))).toMatchObject([{ id: bravo }]);

    await bob.rest(`POST /chats/${bravo}/messages`, { json: newMessage('Where do zebras graze?') });
    await answered(bob, bravo ?? '');
    expect(itemsOf(await bob.rest('GET /chats?archived=true&search=zebr'))).toMatchObject([{ id: bravo }]);
    expect(itemsOf(await bob.rest('GET /chats?search=%3A%26%21%28'))).toEqual([]);
    expectProblem(await bob.rest('GET /chats?cursor=nonsense'), 'INVALID_INPUT');
    expectProblem(await bob.rest('GET /chats?limit=0'), 'INVALID_INPUT');
    expectProblem(await bob.rest('GET /chats?limit=many'), 'INVALID_INPUT');
  });
});

describe('an answer', () => {
  test('is accepted, streamed with numbered events and stored', async () => {
    const chatId = await newChat({ model: 'guide' });
    const accepted = await say(chatId, 'How do I add a procedure?');
    expect(accepted).toMatchObject({
      status: 202,
      body: { runId: expect.any(String), messageId: expect.any(String) },
    });

    const events = await collect(await follow(chatId));
    const numbered = events.slice(0, -1);
    expect(numbered.map((event) => event.id)).toEqual(numbered.map((_, index) => String(index + 1)));
    expect(events.at(-1)).toMatchObject({ event: 'done' });
    expect(textOf(chunksOf(events))).toMatch(/guide/i);

    const messages = await ada.rest(`GET /chats/${chatId}/messages`);
    expect(itemsOf(messages)).toMatchObject([
      { role: 'user', status: 'complete', parts: [{ type: 'text', text: 'How do I add a procedure?' }] },
      { role: 'assistant', status: 'complete', error: null },
    ]);
    expect(JSON.stringify(messages.body)).toContain(JSON.stringify(textOf(chunksOf(events))));
    expect((await ada.rest(`GET /chats/${chatId}`)).body).toMatchObject({
      title: 'How do I add a procedure?',
    });
  });

  test('resumes after the last event without gaps or repeats', async () => {
    const chatId = await newChat({ model: SLOW });
    await say(chatId, 'Count');
    const before = [];
    for await (const event of await follow(chatId)) {
      before.push(event);
      if (before.length === 5) break;
    }
    const after = await collect(await follow(chatId, before.at(-1)?.id));
    const numbers = [...before, ...after]
      .filter(({ event }) => event === 'message')
      .map(({ id }) => Number(id));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(textOf(chunksOf([...before, ...after]))).toBe(answerDeltas(100).join(''));
  });

  test('keeps its text when stopped', async () => {
    const chatId = await newChat({ model: ENDLESS });
    await say(chatId, 'Count');
    for await (const { data } of await follow(chatId)) if (data.includes('word3 ')) break;

    const busy = expectProblem(await say(chatId, 'And now?'), 'RUN_ACTIVE');
    expect(busy.runId).toEqual(expect.any(String));
    const stopped = await ada.rest(`POST /chats/${chatId}/stop`);
    expect(stopped).toMatchObject({ status: 202, body: { stopped: true } });
    const [, answer] = await answered(ada, chatId);
    expect(answer).toMatchObject({ status: 'stopped', parts: expect.anything() });
    expect(JSON.stringify(answer?.parts)).toContain('word1 word2 word3 ');
    expect((await ada.rest(`POST /chats/${chatId}/stop`)).body).toEqual({ stopped: false });
  });

  test('is regenerated as another version', async () => {
    const chatId = await newChat();
    await say(chatId, 'What is this?');
    const [question, first] = await answered(ada, chatId);
    const accepted = await ada.rest(`POST /chats/${chatId}/regenerate`, { json: { messageId: first?.id } });
    expect(accepted.status).toBe(202);
    const [same, second, ...more] = await answered(ada, chatId);
    expect(same).toEqual(question);
    expect(second).toMatchObject({ role: 'assistant', status: 'complete', parentId: question?.id });
    expect(second?.id).not.toBe(first?.id);
    expect(more).toEqual([]);
  });

  test('starts once per request id', async () => {
    const chatId = await newChat();
    const json = newMessage('Only once');
    const send = () => ada.rest(`POST /chats/${chatId}/messages`, { json });
    const responses = await Promise.all([send(), send(), send()]);
    expect(responses.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await answered(ada, chatId)).toHaveLength(2);

    const other = { ...json, parts: [{ type: 'text', text: 'Something else' }] };
    expectProblem(await ada.rest(`POST /chats/${chatId}/messages`, { json: other }), 'REQUEST_ID_REUSED');
  });

  test('ends when its chat is deleted', async () => {
    const chatId = await newChat({ model: ENDLESS });
    await say(chatId, 'Count');
    const stream = collect(await follow(chatId));
    expect((await ada.rest(`DELETE /chats/${chatId}`)).status).toBe(204);
    await stream;
    expectProblem(await ada.rest(`GET /chats/${chatId}/stream`), 'NOT_FOUND');
    expect(provider.requests.at(-1)?.abandoned).toBe(true);
  });
});

test('messages are paged backwards from the newest', async () => {
  const chatId = await newChat();
  for (const text of ['One', 'Two', 'Three']) {
    await say(chatId, text);
    await answered(ada, chatId);
  }
  const newest = await ada.rest(`GET /chats/${chatId}/messages?limit=4`);
  expect(itemsOf(newest).map((message) => message['role'])).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
  ]);
  const next = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(newest.headers.get('link') ?? '')?.[1];
  const oldest = await ada.rest(`GET ${next}`);
  expect(itemsOf(oldest)).toMatchObject([{ parts: [{ text: 'One' }] }, { role: 'assistant' }]);
  expect(oldest.headers.get('link')).toBeNull();
});
