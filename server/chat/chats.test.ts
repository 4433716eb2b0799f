import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, messages } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { finished, streamEvents, until } from '#test/answers';
import { type Api, failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_MODELS: 'openai/gpt-5-mini',
  };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

type ListInput = Parameters<Api['chat']['list']>[0];

/** Returns the titles of a whole list, read page by page. */
async function titles({ api }: Person, input: ListInput = {}): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.chat.list({ limit: 2, ...input, ...(cursor && { cursor }) });
    found.push(...page.items.map((chat) => chat.title));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

async function converse({ api }: Person, chatId: string, question: string, answer: string): Promise<void> {
  const parts = [{ type: 'text' as const, text: question }];
  const { runId } = await api.chat.send({ chatId, clientRequestId: crypto.randomUUID(), parts });
  const exchange = await provider.next();
  await exchange.say(answer);
  exchange.finish();
  await finished(deps, runId);
}

describe('list', () => {
  test('sorts pinned chats first, then by last activity, and lists archived chats separately', async () => {
    const ada = await signUp(deps);
    const created: Record<string, string> = {};
    for (const title of ['a', 'b', 'c', 'd', 'e']) created[title] = (await ada.api.chat.create({ title })).id;
    expect(await titles(ada)).toEqual(['e', 'd', 'c', 'b', 'a']);
    await ada.api.chat.update({ id: created['b'] ?? '', pinned: true });
    await ada.api.chat.update({ id: created['d'] ?? '', archived: true });
    await converse(ada, created['a'] ?? '', 'Hello', 'Hi');
    expect(await titles(ada)).toEqual(['b', 'a', 'e', 'c']);
    expect(await titles(ada, { archived: true })).toEqual(['d']);
    await ada.api.chat.update({ id: created['d'] ?? '', archived: false });
    await ada.api.chat.update({ id: created['b'] ?? '', pinned: false });
    expect(await titles(ada)).toEqual(['a', 'e', 'd', 'c', 'b']);
  });

  test('pages are complete across pinned chats and chats with the same time', async () => {
    const ada = await signUp(deps);
    const activeAt = new Date('2024-02-29T12:00:00.001Z');
    await deps.db.insert(chats).values(
      Array.from({ length: 31 }, (_, n) => ({
        userId: ada.id,
        title: `${n}`,
        pinned: n % 3 === 0,
        activeAt,
      })),
    );
    const found = await titles(ada, { limit: 4 });
    expect(new Set(found).size).toBe(31);
    expect(found).toHaveLength(31);
    expect(found.slice(0, 11).every((title) => Number(title) % 3 === 0)).toBe(true);
  });

  test('skips and repeats no chat if new chats are created between pages', async () => {
    const ada = await signUp(deps);
    for (let n = 0; n < 9; n++) await ada.api.chat.create({ title: `${n}` });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ada.api.chat.list({ limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map((chat) => chat.title));
      cursor = page.nextCursor ?? undefined;
      await ada.api.chat.create({ title: 'late' });
    } while (cursor !== undefined);
    expect(seen).toEqual(['8', '7', '6', '5', '4', '3', '2', '1', '0']);
  });

  test('search finds substrings of titles and messages, in any order and ignoring case and accents', async () => {
    const [ada, ben] = [await signUp(deps), await signUp(deps, 'Ben')];
    const { id } = await ada.api.chat.create({ title: 'Holidays in Norway' });
    await converse(ada, id, 'Where are the Lofoten islands?', 'North of the polar circle: Austvågøya, 世界.');
    await ada.api.chat.create({ title: 'Norwegian grammar' });
    const other = await ben.api.chat.create({ title: 'Norway, too' });
    await converse(ben, other.id, 'Lofoten?', 'Yes.');
    const find = (search: string) => titles(ada, { search });
    expect(await find('norw')).toEqual(['Norwegian grammar', 'Holidays in Norway']);
    expect(await find('IN HOLI')).toEqual(['Holidays in Norway']);
    expect(await find('isl lofo')).toEqual(['Holidays in Norway']);
    expect(await find('circle')).toEqual(['Holidays in Norway']);
    expect(await find('austvåg')).toEqual(['Holidays in Norway']);
    expect(await find('世界')).toEqual(['Holidays in Norway']);
    expect(await find('circle grammar')).toEqual([]);
    expect(await find('olidays')).toEqual(['Holidays in Norway']);
    expect(await find('界')).toEqual(['Holidays in Norway']);
    expect(await find('austvagoya')).toEqual([]);
    expect(await find('AUSTVAGØYA')).toEqual(['Holidays in Norway']);
    expect(await find('"polar circle"')).toEqual(['Holidays in Norway']);
    expect(await find('"circle polar"')).toEqual([]);
    expect(await find("!!! ' & |")).toEqual([]);
    expect(await find(' "" ')).toEqual([]);
    await ada.api.chat.update({ id, archived: true });
    expect(await find('lofoten')).toEqual([]);
    expect(await titles(ada, { search: 'lofoten', archived: true })).toEqual(['Holidays in Norway']);
  });
});

describe('a chat', () => {
  test('fails for other users in every procedure exactly like a missing chat', async () => {
    const [ada, ben] = [await signUp(deps), await signUp(deps, 'Ben')];
    const created = await ada.api.chat.create({ title: 'Mine' });
    const parts = [{ type: 'text' as const, text: 'Hi' }];
    const calls = (id: string) => [
      ben.api.chat.get({ id }),
      ben.api.chat.update({ id, title: 'Yours' }),
      ben.api.chat.delete({ id }),
      ben.api.chat.messages({ chatId: id }),
      ben.api.chat.send({ chatId: id, clientRequestId: 'x', parts }),
      ben.api.chat.regenerate({ chatId: id }),
      ben.api.chat.stop({ chatId: id }),
      (async () => {
        for await (const event of streamEvents(ben.api, { chatId: id }))
          throw new Error(`${event.id} was shown`);
      })(),
    ];
    const outcomes = async (id: string) =>
      Promise.all(calls(id).map((call) => call.then(() => 'done', String)));
    const theirs = await outcomes(created.id);
    expect(new Set(theirs)).toEqual(new Set(['TRPCError: No such chat.']));
    expect(await outcomes('nothing')).toEqual(theirs);
    expect(await ada.api.chat.get({ id: created.id })).toEqual(created);
  });

  test('a client id identifies one chat of its owner, even with simultaneous calls', async () => {
    const [ada, ben] = [await signUp(deps), await signUp(deps, 'Ben')];
    const created = await Promise.all([1, 2, 3].map(() => ada.api.chat.create({ clientId: 'abc' })));
    expect(new Set(created.map((chat) => chat.id)).size).toBe(1);
    expect((await ben.api.chat.create({ clientId: 'abc' })).id).not.toBe(created[0]?.id);
    expect((await ada.api.chat.create({ clientId: created[0]?.id ?? '' })).id).toBe(created[0]?.id);
  });

  test('update keeps the fields that are not given', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({ title: 'A', model: 'guide' });
    expect(await ada.api.chat.update({ id, pinned: true })).toMatchObject({
      title: 'A',
      model: 'guide',
      pinned: true,
    });
    expect(await ada.api.chat.update({ id, title: 'B' })).toMatchObject({
      title: 'B',
      model: 'guide',
      pinned: true,
    });
    expect(await ada.api.chat.update({ id, model: null })).toMatchObject({
      title: 'B',
      model: null,
      pinned: true,
    });
  });

  test('create and update reject a model that is unknown or has no key, and change nothing', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    const unknown = { kind: 'INVALID_INPUT', options: { issues: [{ pointer: '/model' }] } };
    await expect(ada.api.chat.create({ model: 'openai/unknown' })).rejects.toMatchObject(unknown);
    await expect(ada.api.chat.update({ id, model: 'nonsense' })).rejects.toMatchObject(unknown);
    expect(await failureOf(ada.api.chat.update({ id, model: 'openai/gpt-5-mini' }))).toBe(
      'MODEL_UNAUTHORIZED',
    );
    expect((await ada.api.chat.list({})).items).toHaveLength(1);
    expect((await ada.api.chat.get({ id })).model).toBeNull();
  });

  test('delete also removes the messages', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    await converse(ada, id, 'Hello', 'Hi');
    await ada.api.chat.delete({ id });
    await removeDeleted(deps.database);
    expect(await deps.db.$count(messages, eq(messages.chatId, id))).toBe(0);
    expect(await failureOf(ada.api.chat.get({ id }))).toBe('NOT_FOUND');
  });
});

describe('the title', () => {
  test('comes from the question at first, and from the model after the answer', async () => {
    const ada = await signUp(deps);
    const { id, title } = await ada.api.chat.create({});
    expect(title).toBe('');
    const question = `  How do I\tadd a procedure to the router without breaking anything else?\nSecond line`;
    const parts = [{ type: 'text' as const, text: question }];
    const { runId } = await ada.api.chat.send({ chatId: id, clientRequestId: id, parts });
    expect((await ada.api.chat.get({ id })).title).toBe(
      'How do I add a procedure to the router without breaking…',
    );
    const exchange = await provider.next();
    await exchange.say('Like this.');
    exchange.finish();
    await finished(deps, runId);
    await until(() => deps.runs.activeCount() === 0);
    expect((await ada.api.chat.get({ id })).title).toBe('A title');
    await converse(ada, id, 'Another question', 'Another answer');
    expect((await ada.api.chat.get({ id })).title).toBe('A title');
  });

  test('is kept if the user has set it', async () => {
    const ada = await signUp(deps);
    const named = await ada.api.chat.create({ title: 'Mine' });
    await converse(ada, named.id, 'Question', 'Answer');
    const renamed = await ada.api.chat.create({});
    const parts = [{ type: 'text' as const, text: 'Question' }];
    const { runId } = await ada.api.chat.send({ chatId: renamed.id, clientRequestId: 'one', parts });
    await ada.api.chat.update({ id: renamed.id, title: 'Mine, too' });
    (await provider.next()).finish();
    await finished(deps, runId);
    await until(() => deps.runs.activeCount() === 0);
    expect(await titles(ada)).toEqual(['Mine, too', 'Mine']);
  });
});
