import { afterAll, expect, test } from '@jest/globals';
import { Switchboard } from '#src/sdk/index.ts';
import { signUp } from '#test/client';
import { startDisconnectingProxy } from '#test/sdk/disconnecting-proxy';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);

test('the SDK creates a resource once, even if the first response was lost', async () => {
  const ada = await signUp(server.url);
  const { key: apiKey } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  const proxy = await startDisconnectingProxy(server.url, /HTTP\/1\.1 201/, 'before');
  try {
    const { id } = await new Switchboard({ baseUrl: proxy.url, apiKey }).chats.create({ title: 'Once' });
    expect(proxy.disconnects).toEqual(['HTTP/1.1 201']);
    expect((await ada.rpc.chat.list.query({})).items).toMatchObject([{ id, title: 'Once' }]);
  } finally {
    await proxy.close();
  }
});
