import { afterAll, expect, test } from '@jest/globals';
import { signUp, withKey } from '#test/client';
import { recordLog } from '#test/logs';
import { serveInstance } from '#test/served';

const { log, lines } = recordLog();
const server = await serveInstance({ log });
afterAll(server.close);
const ada = await signUp(server.url);
const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'write' });
const agent = withKey(server.url, key);

const call = (name: string, args: object = {}) => ({
  jsonrpc: '2.0',
  id: crypto.randomUUID(),
  method: 'tools/call',
  params: { name, arguments: args },
});

/** Sends messages. @returns the line of the log about the request. */
async function lineOf(message: object) {
  lines.length = 0;
  const response = await agent.fetch('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(message),
  });
  await response.text();
  return lines.filter(({ msg }) => msg === 'request');
}

test('the log names the procedures of called tools, and not their arguments', async () => {
  const line = { path: '/api/mcp', method: 'POST', status: 200 };
  expect(await lineOf(call('chat_create', { title: 'secret' }))).toMatchObject([
    { ...line, procedures: ['chat.create'] },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
  expect(
    await lineOf([call('chat_list'), call('users_me'), call('chat_list', { limit: 'x' })]),
  ).toMatchObject([{ ...line, procedures: ['chat.list', 'users.me', 'chat.list'] }]);
  const [listed] = await lineOf({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect(listed).toMatchObject(line);
  expect(listed).not.toHaveProperty('procedures');
  const [unknown] = await lineOf(call('a_key_in_the_wrong_place'));
  expect(JSON.stringify(unknown)).not.toContain('a_key');
});
