import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, messages } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { finished } from '#test/answers';
import { type Api, failureOf, type Person, signIn, signInAsGuest, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

/** Creates a chat with a question and its answer. */
async function askIn({ api }: Person, chat: { title: string; temporary?: boolean }, question: string) {
  const { id } = await api.chat.create(chat);
  const { runId } = await api.chat.send({ chatId: id, parts: [{ type: 'text', text: question }] });
  const exchange = await provider.next();
  await exchange.say('An answer.');
  exchange.finish();
  await finished(deps, runId);
  return id;
}

async function exported(api: Api): Promise<string> {
  let document = '';
  for await (const chunk of await api.protected.exportData()) document += chunk;
  return document;
}

/** Returns the ids of the chats in lists and search results, and what the export says of a question. */
async function whereabouts({ api }: Person, title: string, question: string) {
  const ids = async (page: Promise<{ items: { id: string }[] }>) => (await page).items.map(({ id }) => id);
  const found = async (search: string) =>
    (await api.chat.search({ search })).items.map(({ chatId, messageId }) => [chatId, messageId === null]);
  return {
    listed: await ids(api.chat.list({})),
    archived: await ids(api.chat.list({ archived: true })),
    listedByTitle: await ids(api.chat.list({ search: title })),
    listedByMessage: await ids(api.chat.list({ search: question })),
    foundByTitle: await found(title),
    foundByMessage: await found(question),
    isExported: (await exported(api)).includes(question),
  };
}

const NOWHERE = {
  listed: [],
  archived: [],
  listedByTitle: [],
  listedByMessage: [],
  foundByTitle: [],
  foundByMessage: [],
  isExported: false,
};

/** The whereabouts of the only chat that is not temporary. */
const everywhere = (id: string) => ({
  listed: [id],
  archived: [],
  listedByTitle: [id],
  listedByMessage: [id],
  foundByTitle: [[id, true]],
  foundByMessage: [[id, false]],
  isExported: true,
});

/** Lets the last message of a chat be this old. */
const age = (id: string, interval: string) =>
  deps.db
    .update(chats)
    .set({ activeAt: sql`now() - ${interval}::interval` })
    .where(eq(chats.id, id));

describe('a temporary chat', () => {
  test('is in no list, search or export until it is kept', async () => {
    const ada = await signUp(deps);
    const { api } = ada;
    const id = await askIn(ada, { title: 'Secret plans', temporary: true }, 'What about whales?');
    expect(await api.chat.get({ id })).toMatchObject({ id, temporary: true });
    expect((await api.chat.messages({ chatId: id })).items).toHaveLength(2);
    expect(await whereabouts(ada, 'secret', 'whales')).toEqual(NOWHERE);
    await api.chat.update({ id, archived: true });
    expect(await whereabouts(ada, 'secret', 'whales')).toEqual(NOWHERE);
    await api.chat.update({ id, archived: false });

    expect(await api.chat.update({ id, temporary: false })).toMatchObject({ temporary: false });
    expect(await failureOf(api.chat.update({ id, temporary: true }))).toBe('INVALID_INPUT');
    expect(await whereabouts(ada, 'secret', 'whales')).toEqual(everywhere(id));
    await age(id, '2 days');
    await removeDeleted(deps.database);
    expect(await api.chat.get({ id })).toMatchObject({ temporary: false });
  });

  test('does not hide the chats beside it', async () => {
    const ada = await signUp(deps);
    const id = await askIn(ada, { title: 'Open plans' }, 'What about seals?');
    await askIn(ada, { title: 'Secret plans', temporary: true }, 'Are whales like seals?');
    expect(await whereabouts(ada, 'plans', 'seals')).toEqual(everywhere(id));
  });

  test('is deleted a day after its last message, when no answer is in progress', async () => {
    const ada = await signUp(deps);
    const { api } = ada;
    const idle = await askIn(ada, { title: 'Idle', temporary: true }, 'One?');
    const recent = await askIn(ada, { title: 'Recent', temporary: true }, 'Two?');
    const { id: busy } = await api.chat.create({ title: 'Busy', temporary: true });
    const { runId } = await api.chat.send({ chatId: busy, parts: [{ type: 'text', text: 'Three?' }] });
    const exchange = await provider.next();
    await exchange.say('So far');
    await age(idle, '25 hours');
    await age(recent, '23 hours');
    await age(busy, '25 hours');
    await removeDeleted(deps.database);
    expect(await failureOf(api.chat.get({ id: idle }))).toBe('NOT_FOUND');
    expect(await deps.db.$count(messages, eq(messages.chatId, idle))).toBe(0);
    expect((await api.chat.get({ id: recent })).id).toBe(recent);
    expect((await api.chat.get({ id: busy })).id).toBe(busy);
    exchange.finish();
    await finished(deps, runId);
    await removeDeleted(deps.database);
    expect((await api.chat.get({ id: busy })).id).toBe(busy);
  });

  test('cannot be shared before it is kept, and its copy is temporary', async () => {
    const ada = await signUp(deps);
    const { api } = ada;
    const id = await askIn(ada, { title: 'Secret', temporary: true }, 'One?');
    expect(await failureOf(api.chat.shares.set({ chatId: id }))).toBe('CONFLICT');
    const [question] = (await api.chat.messages({ chatId: id })).items;
    const copy = await api.chat.fork({ chatId: id, messageId: question?.id ?? '' });
    expect(copy.temporary).toBe(true);
    await api.chat.update({ id, temporary: false });
    expect(await api.chat.shares.set({ chatId: id })).toMatchObject({ chatId: id });
  });

  test('stays temporary when a guest signs in, and is kept only by its owner', async () => {
    const guest = await signInAsGuest(deps);
    const { id } = await guest.api.chat.create({ title: 'Secret', temporary: true });
    const ada = await signUp(deps);
    const adopted = await signIn(deps, ada, guest.headers);
    expect(await adopted.api.chat.get({ id })).toMatchObject({ temporary: true });
    expect((await adopted.api.chat.list({})).items).toEqual([]);
    const bob = await signUp(deps);
    expect(await failureOf(bob.api.chat.update({ id, temporary: false }))).toBe('NOT_FOUND');
    expect(await adopted.api.chat.get({ id })).toMatchObject({ temporary: true });
  });
});
