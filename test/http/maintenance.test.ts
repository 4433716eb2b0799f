import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { defaultFolder } from '#server/db/folder';
import { runAdmin, startAdmin } from '#test/admin';
import { caller, newMessage, signUp, until } from '#test/client';
import { startScriptedProvider } from '#test/scripted-provider';
import { createEmpty } from '#test/postgres-databases';
import { unpackSnapshot } from '#test/snapshot';
import { startServer } from '#test/server';

const { TEST_DATABASE_URL = '', TEST_RUN } = process.env;
const root = mkdtempSync(join(tmpdir(), 'switchboard-maintenance-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const provider = await startScriptedProvider();
afterAll(provider.close);

test('answers end before the command does, changes are rejected, and reading works', async () => {
  const server = await startServer({
    AI_BASE_URL: provider.url,
    AI_MODEL: 'openai-compatible/scripted',
    METRICS_TOKEN: 'a-token-for-this-test',
    LOG_LEVEL: 'info',
  });
  const { settings, url } = server;
  const ada = await signUp(url);
  const chat = await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.send.mutate({ chatId: chat.id, ...newMessage('What do you know?') });
  const exchange = await provider.next();
  await exchange.say('Some');

  const early = await runAdmin(settings, 'maintenance', 'on', '--wait', '0');
  expect(early).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Maintenance mode is on, but 1 answer is still being written\. /),
  });
  const change = () => ada.rest('POST /chats', { json: { title: 'x' } });
  expect(await change()).toMatchObject({ status: 503, body: { code: 'MAINTENANCE' } });
  const { result } = startAdmin(settings, ['maintenance', 'on']);
  await exchange.say(' more');
  exchange.finish();
  expect(await result).toMatchObject({ code: 0, err: '' });
  const answer = async () => (await ada.rpc.chat.messages.query({ chatId: chat.id })).items.at(-1);
  expect(await answer()).toMatchObject({
    status: 'complete',
    parts: [{ type: 'step-start' }, { text: 'Some more' }],
  });

  expect((await fetch(`${url}/api/ready`)).status).toBe(200);
  const page = await (await ada.fetch(`/chat/${chat.id}`)).text();
  expect(page).toContain('data-maintenance');
  expect(page).toContain('Some more');
  const metrics = await fetch(`${url}/api/metrics`, {
    headers: { authorization: 'Bearer a-token-for-this-test' },
  });
  expect(await metrics.text()).toMatch(/^switchboard_maintenance 1$/m);
  const { out, code } = await runAdmin(settings, 'doctor');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^warning +maintenance +Maintenance mode is on since \d{4}-\S+, so changes are rejected\./m,
  );

  expect(await runAdmin(settings, 'maintenance', 'off')).toMatchObject({ code: 0 });
  await until(change, ({ status }) => status === 201);
  const trail = (await ada.rpc.protected.audit.query({})).items.map(({ action, via }) => `${action} ${via}`);
  expect(trail).toEqual(expect.arrayContaining(['maintenance.on command', 'maintenance.off command']));
  expect(await (await ada.fetch('/chat')).text()).not.toContain('data-maintenance');
  expect(server.log()).toMatch(/"msg":"maintenance mode is on: reading works, and changes are rejected"/);
  expect(server.log()).toContain('"msg":"maintenance mode is off"');
  expect(server.log()).not.toContain('a call failed');
  await server.stop();
}, 180_000);

test('the embedded database is moved while the server serves', async () => {
  const DATA_DIR = join(root, 'moved');
  await unpackSnapshot(defaultFolder(DATA_DIR));
  const ai = { AI_BASE_URL: provider.url, AI_MODEL: 'openai-compatible/scripted' };
  const server = await startServer({ DATA_DIR, ...ai });
  const { settings } = server;
  const ada = await signUp(server.url);
  const change = async () => (await ada.rest('POST /chats', { json: { title: 'Kept' } })).status;
  expect(await change()).toBe(201);

  const folder = await runAdmin(settings, 'move', '--to', `file:${join(root, 'other')}`);
  expect(folder).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Stop the server to move the database to /),
  });
  expect(await change()).toBe(201);
  if (TEST_DATABASE_URL === '') {
    await server.stop();
    return;
  }

  const to = await createEmpty(TEST_DATABASE_URL, Number(TEST_RUN), 'moved_while_serving');
  const chat = await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.send.mutate({ chatId: chat.id, ...newMessage('What do you know?') });
  const exchange = await provider.next();
  await exchange.say('Some');
  expect(await runAdmin(settings, 'move', '--to', to, '--wait', '0')).toMatchObject({
    code: 1,
    out: '',
    err: 'Nothing was moved, because 1 answer is still being written.\n',
  });
  expect(await change()).toBe(201);

  const { result } = startAdmin(settings, ['move', '--to', to]);
  await until(change, (status) => status === 503);
  await exchange.say(' more');
  exchange.finish();
  const { code, out, err } = await result;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Copied \d+ rows of \d+ tables to \S.*\nAll servers stay in maintenance mode, /);
  expect(out).toContain('AUTH_SECRET and ENCRYPTION_KEY were generated in ');
  expect(await change()).toBe(503);
  const chats = async () => (await ada.rpc.chat.list.query({ limit: 100 })).items.map(({ id }) => id);
  const before = await chats();
  expect(await runAdmin(settings, 'move', '--to', to)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^The database is not empty: /),
  });
  expect(await change()).toBe(503);
  await server.stop();

  const next = await startServer({ DATA_DIR, DATABASE_URL: to, ...ai });
  const there = caller(next.url, ada.headers);
  expect((await there.rpc.chat.list.query({ limit: 100 })).items.map(({ id }) => id)).toEqual(before);
  const { items } = await there.rpc.chat.messages.query({ chatId: chat.id });
  expect(items.at(-1)).toMatchObject({ status: 'complete', parts: [{}, { text: 'Some more' }] });
  expect((await there.rest('POST /chats', { json: {} })).status).toBe(201);
  const trail = (await there.rpc.protected.audit.query({})).items.map(({ action }) => action);
  expect(trail).toContain('database.move');
  await next.stop();
}, 240_000);
