import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Deps } from '#server/compose';
import { adopt } from './adoption.ts';
import { finished } from '#test/answers';
import { failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type ProviderServer, startProviderServer } from '#test/provider-server';

let provider: ProviderServer;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startProviderServer();
  const AI_MODEL = 'openai-compatible/normal';
  deps = await startInstance({ settings: { AI_MODEL, AI_BASE_URL: provider.url, AI_INSTRUCTIONS: 'Help.' } });
  ada = await signUp(deps);
});

afterAll(() => provider.close());

/** Asks a question in a chat and returns the system message that the model got. */
async function systemMessage({ api }: Person, chatId: string) {
  const { runId } = await api.chat.send({ chatId, parts: [{ type: 'text', text: 'Hello' }] });
  await finished(deps, runId);
  return provider.requests.at(-1)?.body.messages[0];
}

test('instructions of the user and of the chat follow those of the installation', async () => {
  const bea = await signUp(deps, 'Bea');
  await bea.api.chat.setInstructions({ instructions: 'Bea’s.' });
  const { id } = await ada.api.chat.create({ title: 'Test' });
  expect(await systemMessage(ada, id)).toEqual({ role: 'system', content: 'Help.' });
  await ada.api.chat.setInstructions({ instructions: 'Be brief.' });
  await ada.api.chat.update({ id, instructions: 'In French.' });
  const all =
    'Help.\n\nInstructions of the user for all chats:\nBe brief.' +
    '\n\nInstructions of the user for this chat:\nIn French.';
  expect(await systemMessage(ada, id)).toEqual({ role: 'system', content: all });
  const other = await ada.api.chat.create({ title: 'Other', instructions: 'In Latin.' });
  expect((await systemMessage(ada, other.id))?.content).toMatch(/Be brief\.\n\n.*\nIn Latin\.$/);

  const chunks = await Array.fromAsync(await ada.api.protected.exportData());
  const exported: unknown = JSON.parse(chunks.join(''));
  expect(exported).toMatchObject({
    instructions: 'Be brief.',
    chats: [{ instructions: 'In French.' }, { instructions: 'In Latin.' }],
  });
  expect(await ada.api.chat.setInstructions({ instructions: '' })).toEqual({ instructions: '' });
  expect(await ada.api.chat.instructions()).toEqual({ instructions: '' });
});

test('a model gets the temperature of the chat, and so does a copy of it', async () => {
  const { api } = ada;
  const temperature = async (chatId: string) => {
    await systemMessage(ada, chatId);
    return provider.requests.at(-1)?.body['temperature'];
  };
  const { id } = await api.chat.create({ title: 'Test', temperature: 0.3 });
  expect(await temperature(id)).toBe(0.3);
  const [message] = (await api.chat.messages({ chatId: id })).items;
  const copy = await api.chat.fork({ chatId: id, messageId: message?.id ?? '' });
  expect(await temperature(copy.id)).toBe(0.3);
  expect(await api.chat.update({ id, temperature: null })).toMatchObject({ temperature: null });
  expect(await temperature(id)).toBeUndefined();
  expect(await failureOf(api.chat.update({ id, temperature: 2.1 }))).toBe('INVALID_INPUT');
});

test('instructions have at most 4,000 characters', async () => {
  const instructions = 'x'.repeat(4001);
  expect(await failureOf(ada.api.chat.setInstructions({ instructions }))).toBe('INVALID_INPUT');
  const { id } = await ada.api.chat.create({});
  expect(await failureOf(ada.api.chat.update({ id, instructions }))).toBe('INVALID_INPUT');
});

test('an account without instructions adopts those of its guest', async () => {
  const guest = await signUp(deps, 'Guest');
  const account = await signUp(deps, 'Account');
  await guest.api.chat.setInstructions({ instructions: 'Be kind.' });
  await adopt(deps.database, guest.id, account.id);
  expect(await account.api.chat.instructions()).toEqual({ instructions: 'Be kind.' });
  await guest.api.chat.setInstructions({ instructions: 'Be rude.' });
  await adopt(deps.database, guest.id, account.id);
  expect(await account.api.chat.instructions()).toEqual({ instructions: 'Be kind.' });
});
