import { type Page, test as base } from '@playwright/test';
import { type Account, signUp, signUpAdmin } from '../client.ts';
import { freePort } from '../listen.ts';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '../scripted-provider.ts';
import { type RunningServer, startServer } from '../server.ts';
import { expect, type OpenBrowser, withBrowsers } from './site.ts';

interface ScriptedSite {
  server: RunningServer;
  provider: ScriptedProvider;
  admin: Account;
}

/** Tests of an installation whose answers they write. Each account can have one answer in progress. */
export const test = base.extend<{ openBrowser: OpenBrowser }, { site: ScriptedSite }>({
  site: [
    async ({ browserName: _ }, use) => {
      const provider = await startScriptedProvider();
      const server = await startServer({
        AI_BASE_URL: provider.url,
        AI_MODEL: 'openai-compatible/scripted',
        AI_CONTEXT_TOKENS: 'openai-compatible/scripted=2000',
        AI_FILE_INPUTS: 'openai-compatible/scripted=image',
        AI_ANSWERS_PER_USER: '1',
        PORT: String(await freePort()),
      });
      const site = { server, provider, admin: await signUpAdmin(server) };
      await use(site);
      await provider.close();
      await site.server.stop();
    },
    { scope: 'worker' },
  ],

  openBrowser: ({ browser, site }, use) => withBrowsers(browser, site.server.url, use),
});

/** Opens a page with the session of an account, in a browser of its own. */
export async function openAs(account: Account, open: ReturnType<OpenBrowser>, path = '/chat'): Promise<Page> {
  const context = await open;
  const cookies = (account.headers['cookie'] ?? '').split('; ').map((cookie) => {
    const [name = '', ...value] = cookie.split('=');
    return { name, value: value.join('='), url: account.url };
  });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** Signs up an account and creates a chat with a question and its answer. */
export async function withChat({ server, provider }: ScriptedSite) {
  const account = await signUp(server.url);
  const { id: chatId } = await account.rpc.chat.create.mutate({ title: 'The first chat' });
  const parts = [{ type: 'text' as const, text: 'The first question' }];
  const { runId } = await account.rpc.chat.send.mutate({ chatId, parts });
  const exchange = await provider.next();
  await exchange.say('The first answer.');
  exchange.finish();
  await account.rpc.chat.answer.query({ runId, waitSeconds: 20 });
  return { account, chatId, path: `/chat/${chatId}` };
}

/** Returns the next request to the model, after the beginning of its answer was sent. */
export async function begun({ provider }: ScriptedSite, text: string): Promise<Exchange> {
  const exchange = await provider.next();
  await exchange.say(text);
  return exchange;
}

/** Returns the question that a request to the model ends with. */
export const questionOf = ({ messages }: Exchange) => messages.at(-1)?.content;

export const composerOn = (page: Page) => page.getByLabel('Message', { exact: true });

/** The note of a question that was not sent. */
export const unsentOn = (page: Page) => page.getByRole('group', { name: 'Not sent' });

/** The question that is sent after the answer in progress. */
export const queuedOn = (page: Page) => page.getByRole('group', { name: 'Next question' });

/** Waits until the page shows as many questions with this text. */
export const expectQuestions = (page: Page, text: string, count: number) =>
  expect(page.getByRole('article').filter({ hasText: `You said:${text}` })).toHaveCount(count);
