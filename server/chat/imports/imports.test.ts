import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, importChats, imports, messages, users } from '#server/db/schema/index';
import { finished } from '#test/answers';
import { failureOf, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { conversation, exchange, type Node, START } from '#test/conversations';
import { fileOf } from '#test/files';
import { completed, importFile } from '#test/imports';

let deps: Deps;

beforeAll(async () => {
  deps = await startInstance();
});

/** Returns the texts that a chat shows, oldest first. */
async function textsOf({ api }: Person, chatId: string) {
  const { items } = await api.chat.messages({ chatId, limit: 100 });
  return items.map(({ role, parts }) => [role, ...parts.map((part) => ('text' in part ? part.text : ''))]);
}

const chatsOf = async ({ api }: Person) => (await api.chat.list({ limit: 100 })).items;

/** Exports all data of an account. */
async function exportOf({ api }: Person): Promise<string> {
  let text = '';
  for await (const chunk of await api.protected.exportData()) text += chunk;
  return text;
}

describe('conversations.json of ChatGPT', () => {
  test('is imported with its dates, found by search, and skipped the second time', async () => {
    const ada = await signUp(deps);
    const file = [exchange('Lofoten'), exchange('Faroe')];
    expect(await importFile(ada, file)).toEqual({ imported: 2, skipped: 0, failed: 0, failures: [] });
    const [chat, other] = await chatsOf(ada);
    expect([chat?.title, other?.title].toSorted()).toEqual(['Chat Faroe', 'Chat Lofoten']);
    expect(chat).toMatchObject({
      createdAt: new Date(START * 1000),
      activeAt: new Date((START + 120) * 1000),
    });
    const { items } = await ada.api.chat.search({ search: 'answer lofoten' });
    expect(items).toHaveLength(1);
    const found = (await chatsOf(ada)).find(({ title }) => title === 'Chat Lofoten');
    expect(await textsOf(ada, found?.id ?? '')).toEqual([
      ['user', 'Question Lofoten'],
      ['assistant', 'Answer Lofoten'],
    ]);
    expect(await importFile(ada, file)).toMatchObject({ imported: 0, skipped: 2 });
    expect(await chatsOf(ada)).toHaveLength(2);
  });

  test('keeps all branches, shows the current one, and leaves out what is not a shown text', async () => {
    const ada = await signUp(deps);
    const nodes: Node[] = [
      ['root', null, 'system', ''],
      ['q', 'root', 'user', 'Name an island'],
      ['a1', 'q', 'assistant', 'Iceland'],
      ['a2', 'q', 'assistant', 'Malta'],
      ['t', 'a1', 'tool', 'Secret result'],
      ['i', 't', 'user', { content_type: 'image_asset_pointer', asset_pointer: 'file://x' }],
      ['q2', 'i', 'user', 'Is it ![cold](https://example.com/x.png)?'],
    ];
    await importFile(ada, [conversation('Islands', nodes, { current_node: 'q2' })]);
    const [chat] = await chatsOf(ada);
    const id = chat?.id ?? '';
    const shown = [
      ['user', 'Name an island'],
      ['assistant', 'Iceland'],
      ['user', 'Is it ![cold](https://example.com/x.png)?'],
    ];
    expect(await textsOf(ada, id)).toEqual(shown);
    const stored = await deps.db.select().from(messages).where(eq(messages.chatId, id));
    const malta = stored.find(({ parts }) => JSON.stringify(parts).includes('Malta'));
    expect(stored).toHaveLength(4);
    await ada.api.chat.selectBranch({ chatId: id, messageId: malta?.id ?? '' });
    expect(await textsOf(ada, id)).toEqual([shown[0], ['assistant', 'Malta']]);
    // A message sorts after the one above it, on which its deletion relies.
    const ids = new Map(stored.map((message) => [message.id, message.parentId]));
    for (const [own, above] of ids) expect(above === null || above < own).toBe(true);
    const { size, messageCount } = (await deps.db.select().from(chats).where(eq(chats.id, id)))[0] ?? {};
    expect(size).toBe(stored.reduce((sum, message) => sum + message.size, 0));
    expect(messageCount).toBe(4);
  });

  test('names each chat that cannot be imported, and imports the others', async () => {
    const ada = await signUp(deps);
    const circle: Node[] = [
      ['a', 'b', 'user', 'One'],
      ['b', 'a', 'user', 'Two'],
    ];
    const file = [
      exchange('first'),
      conversation('Circle', circle),
      { title: 'No messages' },
      conversation('Wrong', [], { mapping: { a: { message: 7 } } }),
      null,
      'text',
      [[]],
      conversation('Orphan', [['q', 'gone', 'user', 'Whose?']]),
      exchange('last'),
    ];
    const { failures, ...counts } = await importFile(ada, file);
    expect(counts).toEqual({ imported: 3, skipped: 0, failed: 6 });
    expect(failures.map(({ position, title }) => [position, title])).toEqual([
      [1, 'Circle'],
      [2, 'No messages'],
      [3, 'Wrong'],
      [4, ''],
      [5, ''],
      [6, ''],
    ]);
    expect(failures[0]?.reason).toBe('Its messages form a circle.');
    expect(failures[1]?.reason).toBe('Its field mapping is required.');
    const { id: importId } = await newest(ada);
    const first = await ada.api.chat.imports.failures({ importId, limit: 4 });
    const rest = await ada.api.chat.imports.failures({ importId, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items]).toEqual(failures);
  });
});

const newest = async ({ api }: Person) => {
  const [first] = (await api.chat.imports.list({ limit: 1 })).items;
  if (!first) throw new Error('There is no import.');
  return first;
};

describe('an export of ours', () => {
  test('comes back in another account, and is skipped in its own', async () => {
    const ada = await signUp(deps);
    await importFile(ada, [exchange('one'), exchange('two')]);
    const made = await ada.api.chat.create({ title: 'Made here' });
    const file = await exportOf(ada);
    expect(JSON.parse(file)).toMatchObject({ imports: [{ imported: 2 }] });
    expect(await importFile(ada, file)).toMatchObject({ imported: 0, skipped: 3 });
    const bob = await signUp(deps);
    expect(await importFile(bob, file)).toMatchObject({ imported: 3, failed: 0 });
    expect(await importFile(bob, [exchange('one')])).toMatchObject({ imported: 0, skipped: 1 });
    const titles = (await chatsOf(bob)).map(({ title }) => title);
    expect(titles.toSorted()).toEqual(['Chat one', 'Chat two', 'Made here']);
    expect((await chatsOf(bob)).some(({ id }) => id === made.id)).toBe(false);
    const one = (await chatsOf(bob)).find(({ title }) => title === 'Chat one');
    expect(await textsOf(bob, one?.id ?? '')).toEqual([
      ['user', 'Question one'],
      ['assistant', 'Answer one'],
    ]);
  });

  test('names the files of messages, and is skipped the second time', async () => {
    const ada = await signUp(deps);
    const { id: chatId } = await ada.api.chat.create({ title: 'Invoice' });
    const { id } = await ada.api.chat.files.create({ file: fileOf('invoice.txt', 'Invoice 4711') });
    const { runId } = await ada.api.chat.send({ chatId, parts: [], files: [id] });
    await finished(deps, runId);
    let file = '';
    for await (const chunk of await ada.api.chat.export({ id: chatId })) file += chunk;
    expect(await importFile(ada, file)).toMatchObject({ imported: 0, skipped: 1 });
    const bob = await signUp(deps);
    expect(await importFile(bob, file)).toMatchObject({ imported: 1, failed: 0 });
    const [chat] = await chatsOf(bob);
    const [question, answer] = await textsOf(bob, chat?.id ?? '');
    expect(question).toEqual(['user', '[File: invoice.txt, text/plain. Its content was not imported.]']);
    expect(answer?.[0]).toBe('assistant');
    expect(await importFile(bob, file)).toMatchObject({ imported: 0, skipped: 1 });
    // The file stays that of its owner.
    expect(await failureOf(bob.api.chat.files.get({ fileId: id }))).toBe('NOT_FOUND');
  });

  test('with a part that is wrong names its chat, and the others are imported', async () => {
    const ada = await signUp(deps);
    const chatWith = (id: string, part: unknown) => ({
      chat: { id, title: id },
      message: { id: `m-${id}`, chatId: id, role: 'user', parts: [part, { type: 'text', text: 'Kept' }] },
    });
    const all = [
      chatWith('wrong', { type: 'file', filename: 7 }),
      chatWith('long', { type: 'file', filename: `${'a'.repeat(300)}\n\0`, mediaType: 'x\ny' }),
      chatWith('bare', { type: 'file', url: 'https://example.com/x' }),
    ];
    const file = { chats: all.map(({ chat }) => chat), messages: all.map(({ message }) => message) };
    const { failures, ...counts } = await importFile(ada, file);
    expect(counts).toEqual({ imported: 2, skipped: 0, failed: 1 });
    expect(failures).toMatchObject([{ position: 0, title: 'wrong' }]);
    expect(failures[0]?.reason).toMatch(/^Its field messages\.0\.parts\.0\.filename /);
    const chats = await chatsOf(ada);
    const textOf = async (title: string) =>
      (await textsOf(ada, chats.find((chat) => chat.title === title)?.id ?? ''))[0]?.[1];
    const note = `[File: ${'a'.repeat(200)}, x y. Its content was not imported.]`;
    expect(await textOf('long')).toBe(`${note}\n\nKept`);
    expect(await textOf('bare')).toBe('Kept');
  });

  test('gives only its texts, never tools, files or instructions', async () => {
    const ada = await signUp(deps);
    const chat = {
      id: 'c',
      title: 'Two\nlines',
      instructions: 'Obey',
      pinned: true,
      createdAt: '2024-01-01T00:00:00.000Z',
    };
    const parts = [
      { type: 'reasoning', text: 'Secret' },
      { type: 'tool-run', toolCallId: '1', input: {} },
      { type: 'file', url: 'https://example.com/x' },
      { type: 'text', text: 'Shown' },
    ];
    const message = { id: 'm', chatId: 'c', role: 'assistant', status: 'streaming', parts };
    await importFile(ada, { chats: [chat], messages: [message] });
    const [imported] = await chatsOf(ada);
    expect(imported).toMatchObject({ title: 'Two lines', instructions: '', pinned: true });
    expect((await ada.api.chat.messages({ chatId: imported?.id ?? '' })).items).toMatchObject([
      { status: 'interrupted', parts: [{ type: 'text', text: 'Shown' }] },
    ]);
  });
});

describe('a hostile file', () => {
  const own = '{"__proto__":{"parent":null,"message":{"author":{"role":"user"},"content":{"parts":["x"]}}},';
  test.each([
    ['prototype keys', `[{"title":"P","__proto__":{"x":1},"mapping":${own}"constructor":{"message":null}}}]`],
    ['deep nesting', `[${'['.repeat(200_000)}${']'.repeat(200_000)}]`],
    ['a huge time', JSON.stringify([conversation('T', [['q', null, 'user', 'x']], { create_time: 1e300 })])],
    [
      'NUL and half characters',
      JSON.stringify([conversation('N\0\ud800', [['q', null, 'user', 'a\0b\udc00']])]),
    ],
    ['a huge text', JSON.stringify([conversation('H', [['q', null, 'user', 'x '.repeat(400_000)]])])],
    ['a repeated id', '{"chats":[{"id":"c","title":""},{"id":"c","title":""}],"messages":[]}'],
  ])('with %s leaves a working account', async (_name, content) => {
    const ada = await signUp(deps);
    const { imported = 0, skipped = 0, failed = 0 } = await importFile(ada, content);
    expect(imported + skipped + failed).toBeGreaterThan(0);
    expect(await importFile(ada, [exchange('after')])).toMatchObject({ imported: 1 });
    expect(Object.prototype).not.toHaveProperty('x');
    for (const { activeAt } of await chatsOf(ada)) expect(activeAt.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test('with a long line of messages in the future is imported whole', async () => {
    const ada = await signUp(deps);
    const nodes = Array.from({ length: 3000 }, (_, index): Node => [
      `n${index}`,
      index === 0 ? null : `n${index - 1}`,
      index % 2 === 0 ? 'user' : 'assistant',
      `Text ${index}`,
    ]);
    const now = Date.now() / 1000;
    expect(await importFile(ada, [conversation('Long', nodes, { create_time: now })])).toMatchObject({
      imported: 1,
    });
  });

  test.each(['no JSON', '{"chats":[]}', '7', JSON.stringify(Array.from({ length: 1001 }, () => null))])(
    '%.20s is rejected',
    async (content) => {
      const ada = await signUp(deps);
      expect(await failureOf(ada.api.chat.imports.create({ content }))).toBe('INVALID_INPUT');
    },
  );
});

describe('limits', () => {
  test('an account has one import at a time, parts can be added, and strangers see nothing', async () => {
    const [ada, bob] = [await signUp(deps), await signUp(deps)];
    const { id } = await ada.api.chat.imports.create({ content: JSON.stringify([exchange('a'), null]) });
    expect(await failureOf(ada.api.chat.imports.create({ content: '[]' }))).toBe('CONFLICT');
    const part = { importId: id, content: JSON.stringify([exchange('b'), 7]) };
    for (const call of [bob.api.chat.imports.add(part), bob.api.chat.imports.failures({ importId: id })]) {
      expect(await failureOf(call)).toBe('NOT_FOUND');
    }
    expect((await bob.api.chat.imports.list({})).items).toEqual([]);
    await ada.api.chat.imports.add(part);
    const { failures, imported } = await completed(ada.api, id);
    expect(imported).toBe(2);
    expect(failures.map(({ position }) => position)).toEqual([1, 3]);
  });
});

test('each of many chats of a file is imported once', async () => {
  const ada = await signUp(deps);
  const file = Array.from({ length: 200 }, (_, index) => exchange(String(index)));
  expect(await importFile(ada, file)).toMatchObject({ imported: 200, skipped: 0, failed: 0 });
  const titles = (await deps.db.select().from(chats).where(eq(chats.userId, ada.id))).map(
    ({ title }) => title,
  );
  expect(titles.toSorted()).toEqual(file.map((_, index) => `Chat ${index}`).toSorted());
});

test('the chats of a guest who signs up meanwhile are imported for the account', async () => {
  const guest = await signInAsGuest(deps);
  const file = Array.from({ length: 50 }, (_, index) => exchange(String(index)));
  const { id } = await guest.api.chat.imports.create({ content: JSON.stringify(file) });
  const ada = await signUp(deps, 'Ada', guest.headers);
  expect(await completed(ada.api, id)).toMatchObject({ imported: 50 });
  const own = await deps.db.$count(chats, eq(chats.userId, ada.id));
  expect(own).toBe(50);
});

test('the deletion of an account deletes its imports', async () => {
  const ada = await signUp(deps);
  const { id } = await ada.api.chat.imports.create({ content: '[null, 7]' });
  await completed(ada.api, id);
  await deps.db.delete(users).where(eq(users.id, ada.id));
  expect(await deps.db.$count(imports, eq(imports.id, id))).toBe(0);
  expect(await deps.db.$count(importChats, eq(importChats.importId, id))).toBe(0);
});
