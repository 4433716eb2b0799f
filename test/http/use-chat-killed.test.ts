import { afterAll, expect, test } from '@jest/globals';
import { answered, caller, signUp, until } from '#test/client';
import { countedWords, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';
import { type SdkName, textOf, useChatOf } from '#test/use-chat';

const SDKS: SdkName[] = ['5.0.0', '6.0.0', '7'];
const WORDS = 150;

const provider = await startProviderServer();
afterAll(provider.close);

test('an unmodified useChat gets an error from a killed server, and the whole answer from the next one', async () => {
  const answers = { AI_BASE_URL: provider.url, AI_MODEL: `openai-compatible/count-${WORDS}x20` };
  const server = await startServer(answers);
  let { url } = server;
  const ada = await signUp(url);
  // As behind a proxy, the URL of the API stays the same.
  const viaProxy = {
    fetch: (to: unknown, init?: RequestInit) => fetch(String(to).replace(server.url, url), init),
  };
  const chats = await Promise.all(SDKS.map((sdk) => useChatOf(ada, { sdk, ...viaProxy })));
  const sending = chats.map((chat, index) => chat.sendMessage({ text: `count ${SDKS[index]}` }));
  const shown = () => Promise.resolve(chats.map(({ messages }) => messages.map(textOf).join()));
  await until(shown, (texts) => SDKS.every((sdk, index) => texts[index]?.includes(`${sdk}.30 `)));
  await server.kill9();
  await Promise.all(sending);
  expect(chats.map(({ status }) => status)).toEqual(SDKS.map(() => 'error'));

  const again = await startServer(server.settings);
  ({ url } = again);
  try {
    const back = caller(url, ada.headers);
    // The server takes the answers over soon after its start.
    await until(
      () => Promise.resolve(provider.requests.length),
      (count) => count >= 2 * SDKS.length,
    );
    for (const [index, chat] of chats.entries()) {
      // These append what they get to the part that they already show.
      if (SDKS[index] !== '7') chat.messages = chat.messages.slice(0, -1);
    }
    await Promise.all(chats.map((chat) => chat.resumeStream()));
    for (const [index, chat] of chats.entries()) {
      const { id: chatId } = await back.rpc.chat.get.query({ id: chat.id });
      expect((await answered(back, chatId)).map(({ status }) => status)).toEqual(['complete', 'complete']);
      const label = SDKS[index] ?? '';
      expect(chat.messages.map(textOf)).toEqual([`count ${label}`, countedWords(label, WORDS).join('')]);
      expect(chat.status).toBe('ready');
    }
  } finally {
    await again.stop();
  }
}, 120_000);
