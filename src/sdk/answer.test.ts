import { afterEach, describe, expect, test } from '@jest/globals';
import type { UIMessageChunk } from 'ai';
import { type AnswerPart, ServiceUnavailableError } from './index.ts';
import { disconnect, closeAll, events, failureOf, json, problem, serve, type Step } from './testkit.ts';

afterEach(closeAll);

describe('a list', () => {
  const page = (items: number[], nextCursor: string | null) =>
    json({ items: items.map((id) => ({ id })), nextCursor });

  test('yields the items of all pages and requests each page when it reaches it', async () => {
    const { server, sb } = await serve([page([1, 2], 'two'), page([], 'three'), page([3], null)]);
    const ids: unknown[] = [];
    for await (const { id } of sb.chats.list({ limit: 2, search: 'a b' })) {
      ids.push([id, server.sent.length]);
    }
    expect(ids).toEqual([
      [1, 1],
      [2, 1],
      [3, 3],
    ]);
    expect(server.sent.map(({ url }) => url)).toEqual([
      '/api/v1/chats?limit=2&search=a+b',
      '/api/v1/chats?limit=2&search=a+b&cursor=two',
      '/api/v1/chats?limit=2&search=a+b&cursor=three',
    ]);
  });

  test('resolves to its first page, which is requested only when awaited', async () => {
    const { server, sb } = await serve([page([1], 'two')]);
    const list = sb.chats.list();
    expect(server.sent).toEqual([]);
    expect(await list).toEqual({ items: [{ id: 1 }], nextCursor: 'two' });
    expect(await list).toEqual({ items: [{ id: 1 }], nextCursor: 'two' });
    expect(server.sent).toHaveLength(1);
  });
});

describe('an answer', () => {
  const accepted = json({ runId: 'run', messageId: 'message' }, 202);
  const event = (id: number, ...words: string[]) =>
    `id: ${id}\ndata: ${JSON.stringify(words.map((delta) => ({ type: 'text-delta', id: 't', delta })))}\n\n`;
  const done = 'event: done\ndata: {}\n\n';

  test('is waited for in one request if the question is an object', async () => {
    const { server, sb } = await serve([
      json({ runId: 'run', status: 'streaming' }),
      json({ status: 'complete' }),
    ]);
    const { runId } = await sb.chats.ask({ text: 'Hello?', waitSeconds: 1 }, { idempotencyKey: 'mine' });
    expect(await sb.chats.answer(runId, { waitSeconds: 2 })).toEqual({ status: 'complete' });
    expect(server.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/answers',
      'GET /api/v1/answers/run?waitSeconds=2',
    ]);
    expect(JSON.parse(server.sent[0]?.body ?? '')).toEqual({
      text: 'Hello?',
      waitSeconds: 1,
      clientRequestId: 'mine',
    });
  });

  test('yields each part once if connections end, are reset or are lost in the middle of an event', async () => {
    const { server, sb } = await serve([
      accepted,
      events(`: open\n\n${event(1, 'a', 'b')}${event(2, 'c').slice(0, -9)}`, 'breaks'),
      disconnect,
      events(`${event(2, 'c')}${event(3, 'ü')}`),
      problem('SERVICE_UNAVAILABLE', 503, { retryable: true }),
      events(`${event(4, 'e')}${done}`),
    ]);
    const answer = sb.chats.ask('chat', 'Hello?');
    expect(await answer.text()).toBe('abcüe');
    expect(server.sent.slice(1).map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '1',
      '1',
      '3',
      '3',
    ]);
    expect(new Set(server.sent.slice(1).map(({ url }) => url))).toEqual(
      new Set(['/api/v1/chats/chat/stream?runId=run']),
    );
    expect(server.sent[1]?.headers.accept).toBe('text/event-stream');
  });

  test('reconnects if the connection is idle, but not while the reader is busy', async () => {
    const open: Step = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1, 'a', 'b'));
    };
    const { server, sb } = await serve([accepted, open, events(`${event(2, 'c')}${done}`)], {
      idleTimeoutMs: 150,
    });
    let text = '';
    for await (const part of sb.chats.ask('chat', 'Hello?')) {
      if (part.type === 'text-delta') text += part.delta;
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (text === 'ab') expect(server.sent).toHaveLength(2);
    }
    expect(text).toBe('abc');
    expect(server.sent.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, undefined, '1']);
  });

  test('throws the error that ends the stream, after the parts before it', async () => {
    const failure = JSON.stringify({
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      detail: 'Stopping.',
      retryable: true,
    });
    const { server, sb } = await serve([
      accepted,
      events(`${event(1, 'a')}event: error\ndata: ${failure}\n\n`),
    ]);
    const seen: AnswerPart[] = [];
    const reading = (async () => {
      for await (const part of sb.chats.ask('chat', 'Hello?')) seen.push(part);
    })();
    expect(await failureOf(reading)).toBeInstanceOf(ServiceUnavailableError);
    expect(seen).toMatchObject([{ delta: 'a' }]);
    expect(server.sent).toHaveLength(2);
  });

  test('rejects text() if the model failed', async () => {
    const part = '[{"type":"error","errorText":"The model provider cannot be reached"}]';
    const { sb } = await serve([accepted, events(`id: 1\ndata: ${part}\n\n${done}`)]);
    expect(await failureOf(sb.chats.ask('chat', 'Hello?').text())).toMatchObject({
      name: 'AnswerFailedError',
      message: 'The model provider cannot be reached',
    });
  });

  test('rejects text(), stop() and runId if the question was rejected', async () => {
    const { sb } = await serve([problem('RUN_ACTIVE', 409, { retryable: true, runId: 'other' })]);
    const answer = sb.chats.ask('chat', 'Hello?');
    for (const waiting of [answer.text(), answer.stop(), answer.runId]) {
      expect(await failureOf(waiting)).toMatchObject({ name: 'RunActiveError', runId: 'other' });
    }
  });

  test('closes the connection if the loop is left', async () => {
    const closed = Promise.withResolvers<void>();
    const { sb } = await serve([
      accepted,
      (response) => {
        response.on('close', closed.resolve).writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event(1, 'a'));
      },
    ]);
    for await (const part of sb.chats.ask('chat', 'Hello?')) if (part.type === 'text-delta') break;
    await closed.promise;
  });

  test('has a type for every part of the protocol', () => {
    const asPart: (chunk: UIMessageChunk) => AnswerPart = (chunk) => chunk;
    expect(asPart({ type: 'start' })).toEqual({ type: 'start' });
  });
});
