import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { isOfOtherProject } from '#server/db/errors';
import { chats, projects } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { adopt } from './adoption.ts';
import { finished } from '#test/answers';
import { failureOf, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { importFile } from '#test/imports';
import { type ProviderServer, startProviderServer } from '#test/provider-server';

let provider: ProviderServer;
let deps: Deps;

beforeAll(async () => {
  provider = await startProviderServer();
  const settings = {
    AI_MODEL: 'openai-compatible/normal',
    AI_BASE_URL: provider.url,
    AI_INSTRUCTIONS: 'Help.',
    MAX_PROJECTS: '4',
  };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

/** Asks a question in a chat. @returns the system message that the model got. */
async function ask({ api }: Person, chatId: string, question = 'Hello'): Promise<unknown> {
  const { runId } = await api.chat.send({ chatId, parts: [{ type: 'text', text: question }] });
  await finished(deps, runId);
  return provider.requests.at(-1)?.body.messages[0]?.content;
}

const titles = async (page: Promise<{ items: { title: string }[] }>) =>
  (await page).items.map(({ title }) => title);

test('a project is created, listed, changed and deleted, and its chats stay', async () => {
  const { api } = await signUp(deps);
  const norway = await api.chat.projects.create({ name: 'Norway', instructions: 'By train.' });
  const { id: work } = await api.chat.projects.create({ name: 'Work' });
  const first = await api.chat.projects.list({ limit: 1 });
  expect(first.items).toMatchObject([{ id: work, name: 'Work' }]);
  const { items } = await api.chat.projects.list({ limit: 1, cursor: first.nextCursor ?? '' });
  expect(items).toMatchObject([{ id: norway.id, name: 'Norway' }]);
  expect(await api.chat.projects.update({ id: norway.id, name: 'Norway 2027' })).toMatchObject({
    name: 'Norway 2027',
    instructions: 'By train.',
  });
  expect(await api.chat.projects.get({ id: norway.id })).toMatchObject({ name: 'Norway 2027' });

  const { id } = await api.chat.create({ title: 'Trains', projectId: norway.id });
  await api.chat.create({ title: 'Old trains', projectId: norway.id });
  await api.chat.projects.delete({ id: norway.id });
  expect(await failureOf(api.chat.projects.get({ id: norway.id }))).toBe('NOT_FOUND');
  expect(await api.chat.get({ id })).toMatchObject({ title: 'Trains', projectId: null });
  expect(await titles(api.chat.list({ withoutProject: true }))).toEqual(['Old trains', 'Trains']);
});

test('chats are listed and found by project, and move', async () => {
  const ada = await signUp(deps);
  const { api } = ada;
  const { id: projectId } = await api.chat.projects.create({ name: 'Norway' });
  const trains = await api.chat.create({ title: 'Trains in Norway', projectId });
  const ships = await api.chat.create({ title: 'Ships in Norway' });
  await ask(ada, trains.id, 'Where is Flåm?');
  expect(await titles(api.chat.list({}))).toHaveLength(2);
  expect(await titles(api.chat.list({ projectId }))).toEqual(['Trains in Norway']);
  expect(await titles(api.chat.list({ withoutProject: true }))).toEqual(['Ships in Norway']);
  expect(await titles(api.chat.list({ projectId, search: 'norway' }))).toEqual(['Trains in Norway']);
  expect(await titles(api.chat.list({ withoutProject: true, search: 'norway' }))).toEqual([
    'Ships in Norway',
  ]);
  const byTitle = await api.chat.search({ search: 'norway' });
  expect(byTitle.items.map(({ projectName }) => projectName)).toEqual([null, 'Norway']);
  const byMessage = await api.chat.search({ search: 'flam' });
  expect(byMessage.items).toMatchObject([{ chatTitle: 'Trains in Norway', projectName: 'Norway' }]);

  expect(await api.chat.move({ chatId: ships.id, projectId })).toMatchObject({ projectId });
  expect(await titles(api.chat.list({ projectId }))).toHaveLength(2);
  expect(await api.chat.move({ chatId: trains.id })).toMatchObject({ projectId: null });
  expect(await titles(api.chat.list({ projectId }))).toEqual(['Ships in Norway']);
  await api.chat.update({ id: ships.id, archived: true });
  expect(await titles(api.chat.list({ projectId }))).toEqual([]);
  expect(await titles(api.chat.list({ projectId, archived: true }))).toEqual(['Ships in Norway']);
});

test('its instructions come after those of the account and before those of the chat, also in a copy of a chat', async () => {
  const ada = await signUp(deps);
  await ada.api.chat.setInstructions({ instructions: 'Be brief.' });
  const { id: projectId } = await ada.api.chat.projects.create({ name: 'Norway', instructions: 'By train.' });
  const { id } = await ada.api.chat.create({ projectId, instructions: 'In French.' });
  const ofUser = 'Help.\n\nInstructions of the user for all chats:\nBe brief.';
  const ofProject = '\n\nInstructions of the user for all chats of this project:\nBy train.';
  const ofChat = '\n\nInstructions of the user for this chat:\nIn French.';
  expect(await ask(ada, id)).toBe(ofUser + ofProject + ofChat);

  const last = (await ada.api.chat.messages({ chatId: id })).items.at(-1);
  const copy = await ada.api.chat.fork({ chatId: id, messageId: last?.id ?? '' });
  expect(copy.projectId).toBe(projectId);
  expect(await ask(ada, copy.id)).toBe(ofUser + ofProject + ofChat);
  await ada.api.chat.move({ chatId: id });
  expect(await ask(ada, id)).toBe(ofUser + ofChat);
});

test('is closed to others, for whom it does not exist', async () => {
  const ada = await signUp(deps);
  const { api } = await signUp(deps, 'Eve');
  const { id } = await ada.api.chat.projects.create({ name: 'Norway' });
  const { id: chatId } = await api.chat.create({ title: 'Mine' });
  for (const projectId of [id, 'unknown']) {
    const calls = [
      () => api.chat.projects.get({ id: projectId }),
      () => api.chat.projects.update({ id: projectId, name: 'Taken' }),
      () => api.chat.projects.delete({ id: projectId }),
      () => api.chat.move({ chatId, projectId }),
      () => api.chat.create({ projectId }),
      () => api.chat.list({ projectId }),
      () => api.chat.list({ projectId, search: 'x' }),
    ];
    for (const call of calls) expect(await failureOf(call())).toBe('NOT_FOUND');
  }
  const stolen = await deps.database
    .execute(sql`update chats set project_id = ${id} where id = ${chatId}`)
    .catch((error: unknown) => error);
  expect(isOfOtherProject(stolen)).toBe(true);
  expect(await ada.api.chat.projects.get({ id })).toMatchObject({ name: 'Norway' });
});

test('an account has at most MAX_PROJECTS, even if several are created at once', async () => {
  const { api } = await signUp(deps);
  const names = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'];
  const calls = names.map((name) => api.chat.projects.create({ name }));
  const created = await Promise.allSettled(calls);
  expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  expect(await failureOf(api.chat.projects.create({ name: 'Seven' }))).toBe('LIMIT_REACHED');
  expect((await api.chat.projects.list({})).items).toHaveLength(4);
  const [project] = (await api.chat.projects.list({})).items;
  const id = project?.id ?? '';
  for (const name of ['', ' ', 'a\nb', 'x'.repeat(101)]) {
    expect(await failureOf(api.chat.projects.update({ id, name }))).toBe('INVALID_INPUT');
  }
  const instructions = 'x'.repeat(4001);
  expect(await failureOf(api.chat.projects.update({ id, instructions }))).toBe('INVALID_INPUT');
});

test('a temporary chat is in no project until it is kept', async () => {
  const { api } = await signUp(deps);
  const { id: projectId } = await api.chat.projects.create({ name: 'Norway' });
  expect(await failureOf(api.chat.create({ projectId, temporary: true }))).toBe('CONFLICT');
  const { id: chatId } = await api.chat.create({ title: 'Secret', temporary: true });
  expect(await failureOf(api.chat.move({ chatId, projectId }))).toBe('CONFLICT');
  await api.chat.update({ id: chatId, temporary: false });
  expect(await api.chat.move({ chatId, projectId })).toMatchObject({ projectId });
});

test('a guest who signs up keeps projects with their chats', async () => {
  const guest = await signInAsGuest(deps);
  const { id: projectId } = await guest.api.chat.projects.create({
    name: 'Norway',
    instructions: 'By train.',
  });
  const { id } = await guest.api.chat.create({ title: 'Trains', clientId: 'mine', projectId });
  const ada = await signUp(deps, 'Ada');
  await ada.api.chat.create({ title: 'Other', clientId: 'mine' });
  await adopt(deps.database, guest.id, ada.id);
  expect((await ada.api.chat.projects.list({})).items).toMatchObject([{ id: projectId, name: 'Norway' }]);
  expect(await ada.api.chat.get({ id })).toMatchObject({ title: 'Trains', projectId });
});

describe('a file', () => {
  async function exportOf({ api }: Person): Promise<string> {
    return (await Array.fromAsync(await api.protected.exportData())).join('');
  }

  test('of an export brings each chat into the project with the name of its own', async () => {
    const ada = await signUp(deps);
    const bob = await signUp(deps, 'Bob');
    const { id } = await ada.api.chat.projects.create({ name: 'Norway', instructions: 'By train.' });
    const trains = await ada.api.chat.create({ title: 'Trains', projectId: id });
    await ada.api.chat.create({ title: 'Ships', projectId: id });
    await ada.api.chat.create({ title: 'Alone' });
    const existing = await bob.api.chat.projects.create({ name: 'Norway', instructions: 'By bus.' });
    await importFile(bob, JSON.parse(await exportOf(ada)));
    expect(await bob.api.chat.projects.list({})).toMatchObject({ items: [{ id: existing.id }] });
    expect(await titles(bob.api.chat.list({ projectId: existing.id }))).toHaveLength(2);
    expect(await titles(bob.api.chat.list({ withoutProject: true }))).toEqual(['Alone']);

    const eve = await signUp(deps, 'Eve');
    const document = await Array.fromAsync(await ada.api.chat.export({ id: trains.id }));
    await importFile(eve, JSON.parse(document.join('')));
    const [project] = (await eve.api.chat.projects.list({})).items;
    expect(await eve.api.chat.projects.get({ id: project?.id ?? '' })).toMatchObject({
      name: 'Norway',
      instructions: 'By train.',
    });
    expect(await titles(eve.api.chat.list({ projectId: project?.id }))).toEqual(['Trains']);
  });

  test('with more projects than the account may have fails for the chats of these only', async () => {
    const ada = await signUp(deps);
    for (const name of ['One', 'Two', 'Three', 'Four']) await ada.api.chat.projects.create({ name });
    const file = {
      projects: [
        { id: 'p1', name: 'Four' },
        { id: 'p2', name: 'Five' },
        { id: 'p3', name: ' ' },
      ],
      chats: ['p1', 'p2', 'p3', 'p4'].map((projectId) => ({
        id: `in-${projectId}`,
        title: projectId,
        projectId,
      })),
      messages: [],
    };
    expect(await importFile(ada, file)).toMatchObject({
      imported: 3,
      failures: [{ title: 'p2', reason: 'You have 4 projects, which is the limit.' }],
    });
    const listed = (await ada.api.chat.list({})).items;
    const inProject = listed.filter(({ projectId }) => projectId !== null);
    expect(inProject.map(({ title }) => title)).toEqual(['p1']);
  });
});

test('a deleted account or chat leaves no project behind', async () => {
  const ada = await signUp(deps);
  const { id: projectId } = await ada.api.chat.projects.create({ name: 'Norway' });
  const { id } = await ada.api.chat.create({ title: 'Trains', projectId });
  await ada.api.chat.create({ title: 'Ships', projectId });
  await ada.api.chat.delete({ id });
  await ada.api.protected.deleteAccount({ password: ada.password });
  await removeDeleted(deps.database);
  expect(await deps.db.select().from(projects).where(eq(projects.userId, ada.id))).toEqual([]);
  expect(await deps.db.select().from(chats).where(eq(chats.projectId, projectId))).toEqual([]);
});
