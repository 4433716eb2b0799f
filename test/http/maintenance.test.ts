import { afterAll, expect, test } from '@jest/globals';
import { runAdmin, startAdmin } from '#test/admin';
import { newMessage, signUp, until } from '#test/client';
import { startScriptedProvider } from '#test/scripted-provider';
import { startServer } from '#test/server';

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
