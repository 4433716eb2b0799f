import { signUp } from '../client.ts';
import { collector, SIDEBAR } from './marked-texts.ts';
import { openAs, test } from './scripted-site.ts';
import { expect } from './site.ts';

/** Leaves no room for earlier messages in the context of the model. */
const LONG = `⟦2⟧ ${'7 '.repeat(2500)}`;

test('every text of a conversation comes from the catalog', async ({ openBrowser, site }) => {
  const { server, provider } = site;
  const account = await signUp(server.url, { name: '⟦Ada⟧' });
  const { id: chatId } = await account.rpc.chat.create.mutate({ title: '⟦Chat⟧' });

  /** Asks a question, and lets the test write the answer. @returns when the answer has ended. */
  async function ask(text: string, answer: string | null): Promise<void> {
    const { runId } = await account.rpc.chat.send.mutate({ chatId, parts: [{ type: 'text', text }] });
    const exchange = await provider.next();
    await exchange.say(answer ?? '⟦3⟧');
    if (answer === null) await account.rpc.chat.stop.mutate({ chatId });
    else exchange.finish();
    await account.rpc.chat.answer.query({ runId, waitSeconds: 20 });
  }

  await ask('⟦1⟧', '⟦1⟧');
  await ask(LONG, '⟦2⟧');
  const context = openBrowser(1280, { locale: 'en-XA', expected: /status of 404/ });
  const page = await openAs(account, context, `/chat/${chatId}`);
  const log = page.getByRole('log');
  const { found, check } = collector(page, { except: SIDEBAR });

  // The line where the memory of the model begins.
  const summarize = log.getByRole('group').getByRole('button');
  await expect(summarize).toBeVisible();
  await check();
  await summarize.click();
  await expect(summarize).toBeDisabled();
  await check();
  for (let pieces = 0; pieces < 2; pieces++) {
    const exchange = await provider.next();
    await exchange.say('⟦Summary⟧');
    exchange.finish();
  }
  await log.locator('summary').click();
  await expect(log.locator('details p').first()).toBeVisible();
  await check();

  // A stopped answer, the menu of an answer, and the editor of a question.
  await ask('⟦3⟧', null);
  await page.reload();
  await expect(log.getByRole('article')).toHaveCount(6);
  await check();
  await log.getByRole('article').last().locator('[aria-haspopup]').click();
  await expect(page.getByRole('menu')).toBeVisible();
  await check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  const last = log.getByRole('article').nth(4);
  await last.hover();
  await last.getByRole('button').nth(1).click();
  await expect(log.getByRole('textbox')).toBeVisible();
  await check();
  await page.keyboard.press('Escape');

  // A failed answer, and one without a text.
  const input = page.locator('form').getByRole('textbox').last();
  await input.fill('⟦4⟧');
  await input.press('Enter');
  for (let requests = 0; requests < 2; requests++) {
    (await provider.next()).fail('This exceeds the maximum context length.');
  }
  await expect(log.getByRole('alert')).toBeVisible();
  await check();
  await input.fill('⟦5⟧');
  await input.press('Enter');
  (await provider.next()).finish();
  await expect(log.getByRole('article')).toHaveCount(10);
  await expect(log.getByRole('article').last()).toHaveText(/⟦/);
  await check();

  await page.goto('/chat/no-such-chat');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/⟦/);
  await check();
  expect([...found]).toEqual([]);
});
