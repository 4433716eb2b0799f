import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { finished } from '#test/answers';
import { callAs, failureOf, type Person, signUp, startInstance } from '#test/caller';
import { fileOf, png } from '#test/files';
import { getFile } from './shares.ts';

let deps: Deps;
let ada: Person;

beforeAll(async () => {
  deps = await startInstance();
  ada = await signUp(deps);
});

const upload = async (name: string, content: Uint8Array | string) =>
  (await ada.api.chat.files.create({ file: fileOf(name, content) })).id;

const partsOf = (text: string) => (text === '' ? [] : [{ type: 'text' as const, text }]);

/** Asks a question with files, and waits for its answer. @returns the id of the question. */
async function ask(chatId: string, text: string, files: string[]): Promise<string> {
  const { runId } = await ada.api.chat.send({ chatId, parts: partsOf(text), files });
  await finished(deps, runId);
  const [question] = (await ada.api.chat.messages({ chatId })).items.slice(-2);
  return question?.id ?? '';
}

/** Creates a chat with a question that has a file. */
async function chatWithFile() {
  const { id: chatId } = await ada.api.chat.create({ title: 'Invoice' });
  const fileId = await upload('invoice.txt', 'Invoice 4711');
  return { chatId, fileId, messageId: await ask(chatId, 'What is it?', [fileId]) };
}

const share = (chatId: string, includeFiles?: boolean) =>
  ada.api.chat.shares.set({ chatId, ...(includeFiles !== undefined && { includeFiles }) });
/** Returns the messages of a share as an anonymous reader gets them, without the answers. */
const questionsOf = async (token: string) =>
  (await callAs(deps).chat.shares.get({ token })).items.filter(({ role }) => role === 'user');
const fileAt = (token: string, fileId: string) => getFile(deps, { token, fileId });
const isGone = async (token: string, fileId: string) =>
  expect(await failureOf(fileAt(token, fileId))).toBe('NOT_FOUND');

describe('the files of a shared chat', () => {
  test('are not shared by default: readers see only how many there are', async () => {
    const { chatId, fileId } = await chatWithFile();
    await ask(chatId, '', [await upload('drawing.png', png())]);
    const { token, includesFiles, fileCount } = await share(chatId);
    expect([includesFiles, fileCount]).toEqual([false, 0]);
    const questions = await questionsOf(token);
    expect(questions).toMatchObject([
      { text: 'What is it?', files: [], hiddenFileCount: 1 },
      { text: '', files: [], hiddenFileCount: 1 },
    ]);
    expect(JSON.stringify(questions)).not.toMatch(/invoice|drawing/);
    await isGone(token, fileId);
  });

  test('are shared if asked for: exactly those of the messages that are shared', async () => {
    const { chatId, fileId } = await chatWithFile();
    const drawing = await upload('drawing.png', png());
    const { token, ...shared } = await share(chatId, true);
    expect(shared).toMatchObject({ includesFiles: true, fileCount: 1 });
    const url = `/api/shares/${token}/files/${fileId}`;
    const first = {
      text: 'What is it?',
      files: [{ filename: 'invoice.txt', mediaType: 'text/plain', url }],
      hiddenFileCount: 0,
    };
    expect(await questionsOf(token)).toMatchObject([first]);
    expect(await fileAt(token, fileId)).toEqual({
      id: fileId,
      filename: 'invoice.txt',
      mediaType: 'text/plain',
      size: 12,
    });
    await isGone(token, drawing);
    await ask(chatId, '', [drawing]);
    await isGone(token, drawing);
    expect((await share(chatId, true)).fileCount).toBe(2);
    expect(await questionsOf(token)).toMatchObject([
      first,
      { text: '', files: [{ filename: 'drawing.png', mediaType: 'image/png' }] },
    ]);
    expect(await fileAt(token, drawing)).toMatchObject({ id: drawing });
  });

  test('of a branch that the chat does not show are not shared', async () => {
    const { chatId, fileId, messageId } = await chatWithFile();
    const { runId } = await ada.api.chat.edit({ chatId, messageId, parts: partsOf('Without it?') });
    await finished(deps, runId);
    const { token, fileCount } = await share(chatId, true);
    expect(fileCount).toBe(0);
    await isGone(token, fileId);
    await ada.api.chat.selectBranch({ chatId, messageId });
    await isGone(token, fileId);
    await share(chatId, true);
    expect(await fileAt(token, fileId)).toMatchObject({ id: fileId });
  });

  test('are private again when the link is updated without them', async () => {
    const { chatId, fileId } = await chatWithFile();
    const { token } = await share(chatId, true);
    await fileAt(token, fileId);
    expect(await share(chatId)).toMatchObject({ token, includesFiles: false });
    await isGone(token, fileId);
    expect(await questionsOf(token)).toMatchObject([{ files: [], hiddenFileCount: 1 }]);
  });

  test('are not found through another share, or by another id', async () => {
    const [first, second] = [await chatWithFile(), await chatWithFile()];
    const { token } = await share(first.chatId, true);
    await share(second.chatId, true);
    await isGone(token, second.fileId);
    await isGone(token, 'unknown');
    await isGone('x'.repeat(32), first.fileId);
  });

  test('are gone with the link, with the chat even if a copy of it keeps the file, and during a ban', async () => {
    const { chatId, fileId, messageId } = await chatWithFile();
    const revoked = await share(chatId, true);
    await ada.api.chat.shares.revoke({ chatId });
    await isGone(revoked.token, fileId);
    const { token } = await share(chatId, true);
    const ban = (banned: boolean) =>
      deps.database.execute(sql`update users set banned = ${banned} where id = ${ada.id}`);
    await ban(true);
    await isGone(token, fileId);
    await ban(false);
    await fileAt(token, fileId);
    await ada.api.chat.fork({ chatId, messageId });
    await ada.api.chat.delete({ id: chatId });
    await isGone(token, fileId);
    expect(await ada.api.chat.files.get({ fileId })).toMatchObject({ id: fileId });
  });
});
