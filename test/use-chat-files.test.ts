import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Account, answered, read, signUp } from '#test/client';
import { pdf, png, uploadFile } from '#test/files';
import { expectProblem } from '#test/problem';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type ServedInstance, serveInstance } from '#test/served';

const MODEL = 'openai-compatible/scripted';

let provider: ScriptedProvider;
let server: ServedInstance;
let ada: Account;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: MODEL, AI_BASE_URL: provider.url, AI_FILE_INPUTS: `${MODEL}=image` };
  server = await serveInstance({ settings });
  ada = await signUp(server.url);
});

afterAll(async () => {
  await server.close();
  await provider.close();
});

const urlOf = (type: string, content: Buffer) => `data:${type};base64,${content.toString('base64')}`;
const text = (value: string) => ({ type: 'text', text: value });
const file = (url: string, filename = 'a.png') => ({ type: 'file', mediaType: 'image/png', filename, url });
const user = (id: string, ...parts: object[]) => ({ id, role: 'user', parts });

/** Sends what `useChat` sends for a conversation, and lets the model answer. @returns what the model got. */
async function ask(chatId: string, messages: object[]): Promise<Exchange['messages']> {
  const response = ada.fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: chatId, messages, trigger: 'submit-message' }),
  });
  const exchange = await provider.next();
  await exchange.say('Seen.');
  exchange.finish();
  expect((await response).status).toBe(200);
  await (await response).text();
  return exchange.messages.filter(({ role }) => role !== 'system');
}

const rejected = async (...parts: object[]) =>
  read(
    await ada.fetch('/api/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: crypto.randomUUID(), messages: [user('m', ...parts)] }),
    }),
  );

const Sent = z.array(z.looseObject({ type: z.string() }));

test('files of useChat are stored, reach the model, and stay with later questions', async () => {
  const first = user('q1', file(urlOf('image/png', png())), text('What is this?'));
  const [question] = await ask('with-files', [first]);
  expect(Sent.parse(question?.content).map(({ type }) => type)).toEqual(['text', 'image_url']);
  const [stored, answer] = await answered(ada, 'with-files');
  expect(stored?.parts).toMatchObject([
    { type: 'text', text: 'What is this?' },
    {
      type: 'file',
      filename: 'a.png',
      mediaType: 'image/png',
      url: expect.stringMatching(/^\/api\/files\//),
    },
  ]);

  // The client still shows its data URL, which is the same question.
  const shown = [first, { id: answer?.id, role: 'assistant', parts: [] }];
  const messages = await ask('with-files', [...shown, user('q2', text('And its colour?'))]);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(Sent.parse(messages[0]?.content)).toHaveLength(2);
  const all = await answered(ada, 'with-files');
  expect(all.map(({ branchIds }) => branchIds.length)).toEqual([1, 1, 1, 1]);
});

test('a file of useChat may be all of a question, and may have been uploaded before', async () => {
  const uploaded = await uploadFile(ada, 'notes.txt', 'The code is 4711.');
  const { url } = z.object({ url: z.string() }).parse(uploaded.body);
  const [question] = await ask('only-a-file', [user('q1', text(''), file(`https://proxy.example${url}`))]);
  expect(JSON.stringify(question)).toContain('The code is 4711.');
  const [stored, answer] = await answered(ada, 'only-a-file');
  expect(stored?.parts).toMatchObject([{ type: 'file', url, filename: 'notes.txt' }]);
  const shown = [user('q1', text(''), file(url)), { id: answer?.id, role: 'assistant', parts: [] }];
  const messages = await ask('only-a-file', [...shown, user('q2', text('Thanks.'))]);
  expect(messages).toHaveLength(3);
});

test.each([
  ['a URL of another site', file('https://example.com/a.png'), 'url: must be a data: URL'],
  ['a data URL without base64', file('data:image/png,abc'), 'url: must be a data: URL'],
  ['a broken image', file(urlOf('image/png', png().subarray(0, 40))), 'url: is not a complete image'],
  ['unknown bytes', file(urlOf('image/png', Buffer.of(1, 2, 0xff))), 'url: must be a PNG'],
  ['a file of somebody else', file('/api/files/unknown'), 'url: is no file of yours'],
  ['another part', { type: 'tool-x' }, 'type: only text and file parts are accepted'],
])('%s is rejected where it is in the request', async (_name, part, message) => {
  const problem = expectProblem(await rejected(text('What?'), part), 'INVALID_INPUT');
  expect(problem).toMatchObject({ detail: expect.stringContaining(`messages/0/parts/1/${message}`) });
});

test('the content decides about the type of a file of useChat', async () => {
  await ask('wrong-type', [user('q1', text('What?'), file(urlOf('image/png', pdf('x')), 'a.png'))]);
  const [stored] = await answered(ada, 'wrong-type');
  expect(stored?.parts[1]).toMatchObject({ mediaType: 'application/pdf', filename: 'a.png.pdf' });
});
