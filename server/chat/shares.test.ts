import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { messages } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';
import { finished, untilShown } from '#test/answers';
import { callAs, failureOf, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;
/** Another instance. Its anonymous callers are the readers. */
let readers: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  const database = await testDatabase();
  deps = await startInstance({ settings, database: () => Promise.resolve(database) });
  readers = await startInstance({ settings, database: () => Promise.resolve(database) });
});

afterAll(() => provider.close());

const newMessage = (text: string) => ({
  clientRequestId: crypto.randomUUID(),
  parts: [{ type: 'text' as const, text }],
});

/** Asks a question. @param write writes the answer, and ends it. */
async function ask({ api }: Person, chatId: string, question: string, write: (to: Exchange) => unknown) {
  const { runId } = await api.chat.send({ chatId, ...newMessage(question) });
  await write(await provider.next());
  await finished(deps, runId);
}

/** Writes a whole answer. */
const saying = (text: string) => async (exchange: Exchange) => {
  await exchange.say(text);
  exchange.finish();
};

/** Creates a chat with a question and its answer, and shares it. */
async function shareChat(person: Person) {
  const { id } = await person.api.chat.create({ title: 'Islands' });
  await ask(person, id, 'Where are the Lofoten?', saying('In *Norway*.'));
  return { id, share: await person.api.chat.shares.set({ chatId: id }) };
}

/** The fields of a shared message without files. */
const NO_FILES = { files: [], hiddenFileCount: 0 };

const read = (token: string, page: { limit?: number; cursor?: string } = {}) =>
  callAs(readers).chat.shares.get({ token, ...page });
const textsOf = async (token: string) => (await read(token)).items.map(({ text }) => text);
const isGone = async (token: string) => expect(await failureOf(read(token))).toBe('NOT_FOUND');

describe('a shared chat', () => {
  test('is readable for anyone as it was, until it is shared again under the same link', async () => {
    const ada = await signUp(deps);
    const { id, share } = await shareChat(ada);
    const first = [
      { role: 'user', text: 'Where are the Lofoten?', ...NO_FILES, complete: true },
      { role: 'assistant', text: 'In *Norway*.', ...NO_FILES, complete: true },
    ];
    expect(share).toMatchObject({
      chatId: id,
      title: 'Islands',
      messageCount: 2,
      includesFiles: false,
      fileCount: 0,
      path: `/share/${share.token}`,
    });
    expect(Buffer.from(share.token, 'base64url')).toHaveLength(24);
    await ask(ada, id, 'Are they cold?', saying('No.'));
    await ada.api.chat.update({ id, title: 'Private' });
    expect(await read(share.token)).toEqual({
      title: 'Islands',
      sharedAt: share.sharedAt,
      items: first,
      nextCursor: null,
    });
    const updated = await ada.api.chat.shares.set({ chatId: id });
    expect(updated).toMatchObject({ token: share.token, title: 'Private', messageCount: 4 });
    expect(await textsOf(share.token)).toEqual([...first.map(({ text }) => text), 'Are they cold?', 'No.']);
  });

  test('shows only texts of the branch that the chat showed', async () => {
    const ada = await signUp(deps);
    const { id, share } = await shareChat(ada);
    const [question] = (await ada.api.chat.messages({ chatId: id })).items;
    const { runId } = await ada.api.chat.edit({
      chatId: id,
      messageId: question?.id ?? '',
      ...newMessage('Secret question'),
    });
    const exchange = await provider.next();
    await exchange.send({ reasoning_content: 'Secret thought' });
    await saying('Open answer')(exchange);
    await finished(deps, runId);
    expect(JSON.stringify(await read(share.token))).not.toContain('Secret');
    const [last] = (await ada.api.chat.messages({ chatId: id })).items.slice(-1);
    const tool = {
      type: 'dynamic-tool' as const,
      toolName: 'lookup',
      toolCallId: '1',
      state: 'output-available' as const,
      input: 'Secret input',
      output: 'Secret output',
    };
    const parts = [...(last?.parts ?? []), tool];
    expect(JSON.stringify(parts)).toContain('Secret thought');
    await deps.db
      .update(messages)
      .set({ parts })
      .where(eq(messages.id, last?.id ?? ''));
    const { token } = await ada.api.chat.shares.set({ chatId: id });
    const shared = await read(token);
    expect(shared.items.map(({ text }) => text)).toEqual(['Secret question', 'Open answer']);
    expect(JSON.stringify(shared)).not.toMatch(/Secret (thought|input|output)|@example/);
  });

  test('does not show what is added to its last answer later', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    const { runId } = await ada.api.chat.send({ chatId: id, ...newMessage('Count') });
    const exchange = await provider.next();
    await exchange.say('One, two');
    await untilShown(ada.api, id, 'One, two');
    const early = await ada.api.chat.shares.set({ chatId: id });
    expect(await textsOf(early.token)).toEqual(['Count']);
    await ada.api.chat.stop({ chatId: id });
    await finished(deps, runId);
    expect(await textsOf(early.token)).toEqual(['Count']);
    const { token } = await ada.api.chat.shares.set({ chatId: id });
    const stopped = { role: 'assistant', text: 'One, two', ...NO_FILES, complete: false };
    expect((await read(token)).items[1]).toEqual(stopped);
    const run = await ada.api.chat.continue({ chatId: id });
    await saying(', three.')(await provider.next());
    await finished(deps, run.runId);
    expect((await read(token)).items[1]).toEqual(stopped);
    await ada.api.chat.shares.set({ chatId: id });
    expect((await read(token)).items[1]).toEqual({ ...stopped, text: 'One, two, three.', complete: true });
  });

  test('is read in pages, which end at a number of messages or at MAX_PAGE_BYTES', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    await deps.database.execute(sql`
      insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
      select ${id} || i, ${id}, ${ada.id}, case when i > 1 then ${id} || (i - 1) end, 'user', 'complete',
        json_build_array(json_build_object('type', 'text', 'text', repeat(i::text, ${MAX_PAGE_BYTES / 4}::int)))
      from generate_series(1, 9) as i`);
    await deps.database.execute(sql`update chats set leaf_id = id || 9 where id = ${id}`);
    const { token } = await ada.api.chat.shares.set({ chatId: id });
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await read(token, { ...(pages.length === 0 && { limit: 2 }), ...(cursor && { cursor }) });
      pages.push(page.items.map(({ text }) => text.charAt(0)).join(''));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toEqual(['12', '3456', '789']);
    const beyond = Buffer.from('[9]').toString('base64url');
    expect(await read(token, { cursor: beyond })).toMatchObject({ items: [], nextCursor: null });
    const id1 = Buffer.from(JSON.stringify([`${id}1`])).toString('base64url');
    expect(await failureOf(read(token, { cursor: id1 }))).toBe('INVALID_INPUT');
  });
});

describe('a link', () => {
  test('is dead after it was revoked, and sharing again creates another one', async () => {
    const ada = await signUp(deps);
    const { id, share } = await shareChat(ada);
    await ada.api.chat.shares.revoke({ chatId: id });
    await isGone(share.token);
    expect(await failureOf(ada.api.chat.shares.revoke({ chatId: id }))).toBe('NOT_FOUND');
    const { token } = await ada.api.chat.shares.set({ chatId: id });
    expect(token).not.toBe(share.token);
    await isGone(share.token);
    expect(await textsOf(token)).toHaveLength(2);
    const actions = (await ada.api.protected.audit({})).items.map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['chat.share', 'chat.unshare', 'chat.share']);
  });

  test('is dead after its chat was deleted', async () => {
    const ada = await signUp(deps);
    const { id, share } = await shareChat(ada);
    await ada.api.chat.delete({ id });
    await isGone(share.token);
    expect((await ada.api.chat.shares.list({})).items).toEqual([]);
  });

  test('is dead while its account is banned, and after it was deleted', async () => {
    const [root, ada] = [await signUp(deps, 'Root'), await signUp(deps)];
    const { share } = await shareChat(ada);
    await deps.database.execute(sql`update users set role = 'admin' where id = ${root.id}`);
    await root.api.users.ban({ id: ada.id });
    await isGone(share.token);
    await root.api.users.unban({ id: ada.id });
    expect(await textsOf(share.token)).toHaveLength(2);
    await root.api.users.delete({ id: ada.id });
    await isGone(share.token);
  });
});

describe('sharing', () => {
  test('is possible only for the owner of a chat with messages, who is not a guest', async () => {
    const [ada, ben, guest] = [await signUp(deps), await signUp(deps, 'Ben'), await signInAsGuest(deps)];
    const { id, share } = await shareChat(ada);
    expect(await failureOf(ben.api.chat.shares.set({ chatId: id }))).toBe('NOT_FOUND');
    expect(await failureOf(ben.api.chat.shares.revoke({ chatId: id }))).toBe('NOT_FOUND');
    expect(await failureOf(callAs(deps).chat.shares.set({ chatId: id }))).toBe('UNAUTHORIZED');
    const { id: empty } = await ada.api.chat.create({});
    expect(await failureOf(ada.api.chat.shares.set({ chatId: empty }))).toBe('CONFLICT');
    const { id: ofGuest } = await guest.api.chat.create({});
    expect(await failureOf(guest.api.chat.shares.set({ chatId: ofGuest }))).toBe('FORBIDDEN');
    expect((await ben.api.chat.shares.list({})).items).toEqual([]);
    expect((await ada.api.chat.shares.list({ chatId: empty })).items).toEqual([]);
    expect((await ada.api.chat.shares.list({ chatId: id })).items).toEqual([share]);
  });

  test('is listed page by page, last shared first', async () => {
    const ada = await signUp(deps);
    const first = await shareChat(ada);
    const second = await shareChat(ada);
    await deps.database.execute(
      sql`update shares set shared_at = now() - interval '1 day' where user_id = ${ada.id}`,
    );
    const updated = await ada.api.chat.shares.set({ chatId: first.id });
    const { items, nextCursor } = await ada.api.chat.shares.list({ limit: 1 });
    expect(items).toEqual([updated]);
    const rest = await ada.api.chat.shares.list({ limit: 1, cursor: nextCursor ?? '' });
    expect(rest.items.map(({ token }) => token)).toEqual([second.share.token]);
    expect(rest.nextCursor).toBeNull();
  });
});
