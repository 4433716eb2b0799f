import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { newId } from '#server/db/columns';
import { chats, installation, messages, searchPieces } from '#server/db/schema/index';
import { type Api, failureOf, type Person, signIn, signInAsGuest, signUp, startInstance } from '#test/caller';
import fc from '#test/fast-check';
import { SEED } from '#test/seed';
import { foldUnfolded } from './backfill.ts';
import { fold, toStorable } from './fold.ts';
import { MAX_NEEDLE, MAX_PIECE, piecesOf } from './pieces.ts';

let deps: Deps;
let ada: Person;

beforeAll(async () => {
  deps = await startInstance();
  ada = await signUp(deps);
});

/** Writes a chat with messages as an earlier version of the server did, without search pieces. */
async function writeUnfolded({ id: userId }: Person, title: string, texts: string[]): Promise<string[]> {
  const chatId = newId();
  const rows = texts.map((text) => ({
    id: newId(),
    chatId,
    userId,
    role: 'user' as const,
    status: 'complete' as const,
    parts: [{ type: 'text' as const, text }],
  }));
  const size = rows.reduce((sum, { parts }) => sum + Buffer.byteLength(JSON.stringify(parts)), 0);
  await deps.db.insert(chats).values({ id: chatId, userId, title, messageCount: rows.length, size });
  if (rows.length > 0) await deps.db.insert(messages).values(rows);
  return [chatId, ...rows.map(({ id }) => id)];
}

/** Does the background job of the first start after the migration. */
async function foldAll(): Promise<void> {
  await deps.db.insert(installation).values({ fact: 'search-folded-from', value: '' });
  await foldUnfolded(deps.database);
}

type Hit = Awaited<ReturnType<Api['chat']['search']>>['items'][number];

/** Returns all hits of a search, read page by page. */
async function hitsOf({ api }: Person, search: string, limit = 100): Promise<Hit[]> {
  const hits: Hit[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Api['chat']['search']>> = await api.chat.search({
      search,
      limit,
      ...(cursor !== null && { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    hits.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return hits;
}

/** Returns the ids of all chats that a search of the list finds, read page by page. */
async function chatsOf({ api }: Person, search: string, limit = 100): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Api['chat']['list']>> = await api.chat.list({
      search,
      limit,
      ...(cursor !== null && { cursor }),
    });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

describe('search for any part of a text', () => {
  test.each([
    ['世界', '你好世界'],
    ['v2.1', 'foo v2.1'],
    ['strasse', 'Straße'],
    ['STRASSE', 'straẞe'],
    ['cafe', 'café'],
    ['café', 'cafe'],
    ['prüfung', 'Überprüfung'],
    ['οδοσ', 'ΟΔΌΣ'],
    ['елка', 'Ёлка'],
    ['istanbul', 'İSTANBUL'],
    ['fish', 'ﬁsh and chips'],
    ['100%', 'at 100% of_it\\'],
    ['f_it\\', 'at 100% of_it\\'],
    ['"of   it', 'say "of it'],
    ['a', 'xay'],
    ['界', '你好世界'],
    ['कि', 'किताब'],
    ['שָׁלוֹם', 'שָׁלוֹם'],
    ['ｶﾞ', 'ガラス'],
    ['한국', '대한국'],
  ])('%s finds %s', async (search, text) => {
    const person = await signUp(deps);
    const { id } = await person.api.chat.create({ title: text });
    await deps.runs.drain(0);
    expect(await hitsOf(person, search)).toMatchObject([{ chatId: id, messageId: null, snippet: text }]);
    expect(await chatsOf(person, search)).toEqual([id]);
  });

  test.each([
    ['क', 'कि', true],
    ['कु', 'कि', false],
    ['שלום', 'שָׁלוֹם', false],
    ['bc ab', 'abc', true],
    ['"b a"', 'a b a', true],
    ['"b  b"', 'a b a', false],
    ['%', 'a', false],
    ['_', 'a', false],
  ])('%s in %s: %s', async (search, text, isFound) => {
    const person = await signUp(deps);
    await person.api.chat.create({ title: text });
    expect(await hitsOf(person, search)).toHaveLength(isFound ? 1 : 0);
  });
});

test('search returns titles before messages, newest first, with the positions of matches', async () => {
  const person = await signUp(deps);
  const [first = '', question = ''] = await writeUnfolded(person, 'One', [
    `${'x '.repeat(200)}Die Prüfung, überprüft.`,
  ]);
  const [second = ''] = await writeUnfolded(person, 'Prüfung', ['nothing']);
  await foldAll();
  const hits = await hitsOf(person, 'PRUF', 1);
  expect(hits.map(({ chatId, messageId }) => [chatId, messageId])).toEqual([
    [second, null],
    [first, question],
  ]);
  expect(hits[1]).toMatchObject({ chatTitle: 'One', role: 'user', snippetStart: 344 });
  const matches = hits[1]?.matches ?? [];
  const text = `${'x '.repeat(200)}Die Prüfung, überprüft.`;
  expect(matches.map(({ start, end }) => text.slice(start, end))).toEqual(['Prüf', 'prüf']);
});

test('search finds words far apart in one long message, and a phrase at any position of it', async () => {
  const person = await signUp(deps);
  const filler = Array.from({ length: 30_000 }, (_, n) => n.toString(36)).join(' ');
  const [, id] = await writeUnfolded(person, 'Long', [
    `begin ${filler} middle ${filler} end`,
    'begin',
    'end',
  ]);
  await foldAll();
  expect((await hitsOf(person, 'begin end')).map(({ messageId }) => messageId)).toEqual([id]);
  expect(await hitsOf(person, 'begin end nowhere')).toEqual([]);
  for (let at = 2_000; at < 12_000; at += 497) {
    const phrase = filler.slice(at, at + 190).trim();
    expect((await hitsOf(person, `"${phrase}"`)).map(({ messageId }) => messageId)).toEqual([id]);
  }
});

test('a page ends when it has examined enough, and the next page continues there', async () => {
  const person = await signUp(deps);
  const letters = Array.from({ length: 100 }, (_, n) => String.fromCodePoint(0x4e00 + n));
  const texts = Array.from({ length: 350 }, (_, n) => `nothing ${n}`);
  texts[3] = `all of ${letters.join('')}`;
  const [id, ...ids] = await writeUnfolded(person, 'Many', texts);
  await foldAll();
  const search = letters.join(' ').slice(0, 199);
  const first = await person.api.chat.search({ search });
  expect(first).toMatchObject({ items: [], nextCursor: expect.any(String) });
  expect((await hitsOf(person, search)).map(({ messageId }) => messageId)).toEqual([ids[3]]);
  expect(await person.api.chat.list({ search })).toMatchObject({ items: [], nextCursor: expect.any(String) });
  expect(await chatsOf(person, search)).toEqual([id]);
});

test('search rejects a word whose fold is too long, and a cursor of another list', async () => {
  expect(await failureOf(ada.api.chat.search({ search: 'ﷺ'.repeat(100) }))).toBe('INVALID_INPUT');
  expect(await failureOf(ada.api.chat.list({ search: 'ﷺ'.repeat(100) }))).toBe('INVALID_INPUT');
  expect(await hitsOf(ada, 'ﷺ'.repeat(22))).toEqual([]);
  const { nextCursor } = await signUp(deps).then(async ({ api }) => {
    await api.chat.create({});
    await api.chat.create({});
    return api.chat.list({ limit: 1 });
  });
  expect(await failureOf(ada.api.chat.search({ search: 'a', cursor: nextCursor ?? '' }))).toBe(
    'INVALID_INPUT',
  );
});

test('search finds only messages of the actor, with adopted ones in their order', async () => {
  const [owner, other, guest] = [await signUp(deps), await signUp(deps), await signInAsGuest(deps)];
  const [, oldest] = await writeUnfolded(owner, 'Own', ['needle 1']);
  const [, middle] = await writeUnfolded(guest, 'Guest', ['needle 2']);
  const [last = '', newest] = await writeUnfolded(owner, 'Own', ['needle 3']);
  await foldAll();
  const { api } = await signIn(deps, owner, guest.headers);
  const found = async (person: Person) => (await hitsOf(person, 'needle')).map(({ messageId }) => messageId);
  expect(await found({ ...owner, api })).toEqual([newest, middle, oldest]);
  expect(await found(other)).toEqual([]);
  await api.chat.delete({ id: last });
  expect(await found({ ...owner, api })).toEqual([middle, oldest]);
});

test('several instances can fold the same texts at once, and each text is folded once', async () => {
  const person = await signUp(deps);
  const [chatId = ''] = await writeUnfolded(
    person,
    'Unfolded',
    Array.from({ length: 320 }, (_, n) => `text ${n}`),
  );
  await deps.db.insert(installation).values({ fact: 'search-folded-from', value: '' });
  await Promise.all([foldUnfolded(deps.database), foldUnfolded(deps.database), foldUnfolded(deps.database)]);
  expect(await deps.db.$count(searchPieces, eq(searchPieces.chatId, chatId))).toBe(320);
  expect(
    await deps.database.execute(sql`select from installation where fact = 'search-folded-from'`),
  ).toEqual([]);
  expect(await hitsOf(person, 'unfolded')).toHaveLength(1);
});

/** Letters of all kinds, and characters that may be composed with them. */
const LETTERS = [
  'abcdefgzIS',
  'éÉàñçÅßẞſıİŉǰøđł',
  'ÄÖÜ',
  'αβγΣσςΌόΐᾳᾴ',
  'жйёЙЁїў',
  'אבגשָׁ',
  'مَرحَبًا',
  'किताबनमस्ते',
  'ภาษาไทยน้ำ',
  '你好世界',
  'がガカﾞﾊﾟ',
  '한국어가각',
  '\u1112\u1161\u11ab',
  '\u0301\u0308\u0323',
  'ﬁﬀ①Ⅷ㎏ﷺ',
  'ＡＢｃ',
  '𝐀𝐛𝔠',
  '😀👩‍👩‍👧🇩🇪',
  "._-%\\'&|!()*",
  '0123456789',
  ' \t\n\u00a0\u3000 ',
].map((letters) => Array.from(letters));
const letter = fc.oneof(...LETTERS.map((letters) => fc.constantFrom(...letters)));
const phrase = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''));
// Excludes marks, because more than 31 of them on one letter are split, and halfwidth sound marks, whose fold is a
// mark.
const filled = fc
  .tuple(
    phrase,
    letter.filter((one) => !/^\p{M}/u.test(one.normalize('NFKD'))),
    fc.nat(4000),
    phrase,
  )
  .map(([a, b, count, c]) => a + b.repeat(count) + c);
const anyText = fc.oneof({ weight: 6, arbitrary: phrase }, { weight: 1, arbitrary: filled });

/** The definition of a fold, as simple as possible. */
function plain(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  let without = '';
  let isAccented = false;
  for (const character of folded.normalize('NFD')) {
    if (/\p{Mn}/u.test(character) && isAccented) continue;
    isAccented = /\p{L}/u.test(character) && /\p{sc=Latin}|\p{sc=Greek}|\p{sc=Cyrillic}/u.test(character);
    without += character;
  }
  return without.normalize('NFKC').split(/\s+/).join(' ');
}

const needlesIn = (search: string) =>
  [...search.matchAll(/"([^"]*)"|\S+/g)]
    .map(([word, quoted]) => plain(quoted ?? word).trim())
    .filter(Boolean);

describe(`for texts of all scripts (seed ${SEED})`, () => {
  test('a fold follows the definition, whole and in pieces, and folding is idempotent', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = fold(text);
        expect(folded).toBe(plain(toStorable(text)));
        expect(fold(folded)).toBe(folded);
        const pieces = [...piecesOf(text)];
        expect(pieces.every((piece) => piece.text.length <= MAX_PIECE)).toBe(true);
        for (let at = 0; at + MAX_NEEDLE < folded.length; at += 131) {
          const needle = folded.slice(at, at + MAX_NEEDLE);
          expect(pieces.some((piece) => piece.text.includes(needle.trim()))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('search finds the same as a plain scan', async () => {
    const person = await signUp(deps);
    const texts = fc.sample(anyText, { numRuns: 60 });
    const titles = fc
      .sample(phrase, { seed: SEED + 1, numRuns: 8 })
      .map((title) => title.slice(0, 200).toWellFormed());
    const written: { chatId: string; title: string; messages: Map<string, string> }[] = [];
    for (const [index, title] of titles.entries()) {
      const own = texts.filter((_, n) => n % titles.length === index);
      const [chatId = '', ...ids] = await writeUnfolded(person, title, own);
      written.push({ chatId, title, messages: new Map(ids.map((id, n) => [id, own[n] ?? ''])) });
    }
    await foldAll();

    const changed = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.toLowerCase(),
      (text: string) => text.normalize('NFD'),
      (text: string) => text.normalize('NFKC'),
      plain,
    );
    const part = fc
      .tuple(fc.constantFrom(...texts, ...titles), fc.nat(), fc.constantFrom(1, 1, 2, 3, 8, 40), changed)
      .map(([text, at, length, change]) => {
        const characters = Array.from(text);
        const start = characters.length === 0 ? 0 : at % characters.length;
        return change(characters.slice(start, start + length).join(''));
      });
    const word = fc.oneof(
      part,
      phrase.map((text) => text.slice(0, 2)),
      part.map((text) => `"${text}"`),
    );
    const searched = fc
      .array(word, { minLength: 1, maxLength: 3 })
      .map((words) => words.join(' ').slice(0, 200).toWellFormed())
      .filter((search) => search !== '' && needlesIn(search).every((needle) => needle.length <= MAX_NEEDLE));

    await fc.assert(
      fc.asyncProperty(searched, fc.constantFrom(1, 3, 100), async (search, limit) => {
        const needles = needlesIn(search);
        const isHit = (text: string) =>
          needles.length > 0 && needles.every((needle) => plain(text).includes(needle));
        const newestFirst = written.toReversed();
        const expected = [
          ...newestFirst.filter(({ title }) => isHit(title)).map(({ chatId }) => [chatId, null]),
          ...newestFirst.flatMap(({ chatId, messages: own }) =>
            [...own].toReversed().flatMap(([id, text]) => (isHit(text) ? [[chatId, id]] : [])),
          ),
        ];
        const hits = await hitsOf(person, search, limit);
        expect(hits.map(({ chatId, messageId }) => [chatId, messageId])).toEqual(expected);
        expect((await chatsOf(person, search, limit)).toSorted()).toEqual(
          [...new Set(expected.map(([chatId]) => chatId))].toSorted(),
        );
        for (const { chatId, messageId, snippet, snippetStart, matches } of hits) {
          const chat = written.find((one) => one.chatId === chatId);
          const original = (messageId === null ? chat?.title : chat?.messages.get(messageId)) ?? '';
          expect(original.slice(snippetStart, snippetStart + snippet.length)).toBe(snippet);
          expect(matches.length).toBeGreaterThan(0);
          for (const { start, end } of matches) {
            expect(end - start).toBeGreaterThan(0);
            expect(start).toBeGreaterThanOrEqual(snippetStart);
            expect(end).toBeLessThanOrEqual(snippetStart + snippet.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
