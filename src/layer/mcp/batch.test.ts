import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { mcp } from './index.ts';

const t = initTRPC.create();
const counted: number[] = [];
let calls = 0;
const api = createApi({
  router: t.router({
    echo: t.procedure.input(z.string()).query(({ input }) => {
      calls++;
      return input;
    }),
  }),
  createContext: () => ({}),
  mounts: [mcp({ name: 'example', version: '1' })],
  admit: (_call, called) => {
    counted.push(called.length);
    return called.map(() => undefined);
  },
});

const send = (body: unknown) =>
  api.request('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(body),
  });
const message = (id: string | number) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'echo', arguments: { input: `echo ${JSON.stringify(id)}` } },
});
const batch = (length: number) => Array.from({ length }, (_, id) => message(id));

const Answer = z.object({
  id: z.union([z.string(), z.number()]),
  result: z.object({ content: z.array(z.object({ text: z.string() })) }),
});
const answersOf = async (response: Response) =>
  (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => Answer.parse(JSON.parse(line.slice(6))));
const rejected = async (response: Response) => {
  const { error } = z
    .object({ error: z.object({ code: z.number(), message: z.string() }) })
    .parse(await response.json());
  return [response.status, error.code, error.message];
};

test('each message of a batch counts as a call, up to the limit', async () => {
  counted.splice(0);
  const response = await send(batch(5));
  expect(response.status).toBe(200);
  expect(await answersOf(response)).toHaveLength(5);
  expect(counted.splice(0)).toEqual([1, 4]);
  expect(await rejected(await send(batch(21)))).toEqual([
    400,
    -32_000,
    'A batch can have at most 20 messages.',
  ]);
});

test('each request of a batch gets its own response, also if a text and a number look the same', async () => {
  const response = await send([message(1), message('1'), message(2)]);
  const answers = await answersOf(response);
  expect(new Map(answers.map(({ id, result }) => [id, result.content[0]?.text]))).toEqual(
    new Map([1, '1', 2].map((id) => [id, JSON.stringify(`echo ${JSON.stringify(id)}`)])),
  );
});

test('a batch in which two requests have the same id is rejected, and neither is called', async () => {
  calls = 0;
  expect(await rejected(await send([message(1), message(2), message(1)]))).toEqual([
    400,
    -32_000,
    'Two requests of the batch have the same id. Each of them needs its own.',
  ]);
  expect(calls).toBe(0);
});

test('notifications and responses in a batch need no id of their own', async () => {
  const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const answer = { jsonrpc: '2.0', id: 1, result: {} };
  const response = await send([notification, notification, answer, answer, message(1)]);
  expect(response.status).toBe(200);
  expect(await answersOf(response)).toHaveLength(1);
});
