import { answerDeltas } from '../provider-server.ts';
import { answerOn, ask, chooseModel, expect, signIn, signUp, test, untilComplete, wordsOn } from './site.ts';
import { PRODUCT } from '../../src/contract/product.ts';

const SLOW_ANSWER = answerDeltas(240).join('');

test('signs up, asks, and shows the answer after a reload and in another browser', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  const email = await signUp(page);
  await ask(page, 'How do I add a procedure?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(page).toHaveTitle(`How do I add a procedure? · ${PRODUCT.name}`);

  await untilComplete(page);
  const answer = await answerOn(page).innerText();
  expect(answer).toContain('routers/');

  await page.reload();
  await expect(page.getByText('How do I add a procedure?').last()).toBeVisible();
  expect(await answerOn(page).innerText()).toBe(answer);

  const elsewhere = await (await openBrowser()).newPage();
  await elsewhere.goto(page.url());
  await elsewhere.waitForURL(/\/sign-in\?next=/);
  await signIn(elsewhere, email);
  await elsewhere.waitForURL(page.url());
  expect(await answerOn(elsewhere).innerText()).toBe(answer);
  await expect(elsewhere.getByRole('navigation', { name: 'Chats' }).getByRole('link')).toHaveCount(1);
});

test('an answer continues after its tab is closed, and other tabs show it', async ({ openBrowser }) => {
  const context = await openBrowser();
  const first = await context.newPage();
  await signUp(first);
  const idle = await context.newPage();
  await chooseModel(first, 'slow-240x50');
  await ask(first, 'Tell me a lot');
  await first.waitForURL(/\/chat\/[\w-]+$/);
  const url = first.url();
  await expect(answerOn(first)).toContainText('word5');
  await idle.goto(url);
  await expect(answerOn(idle)).toContainText('word10');
  await first.close();

  await untilComplete(idle);
  expect(await wordsOn(idle)).toBe(SLOW_ANSWER);
  const reopened = await context.newPage();
  await reopened.goto(url);
  expect(await wordsOn(reopened)).toBe(SLOW_ANSWER);

  // An open tab follows a question from another tab.
  await ask(reopened, 'And more');
  await expect(idle.getByText('And more')).toBeVisible();
  await expect(idle.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await Promise.all([untilComplete(idle), untilComplete(reopened)]);
  expect(await wordsOn(idle)).toBe(SLOW_ANSWER);
  expect(await wordsOn(reopened)).toBe(SLOW_ANSWER);
  await expect(idle.getByTestId('answer')).toHaveCount(2);
});

test('a phone shows the whole answer after the laptop that asked went offline', async ({ openBrowser }) => {
  const laptop = await openBrowser();
  const page = await laptop.newPage();
  const email = await signUp(page);
  await chooseModel(page, 'slow-240x50');
  await ask(page, 'Tell me a lot');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(answerOn(page)).toContainText('word5');
  const url = page.url();
  await laptop.setOffline(true);
  await laptop.close();

  const phone = await (await openBrowser(390)).newPage();
  await phone.goto(url);
  await phone.waitForURL(/\/sign-in\?next=/);
  await signIn(phone, email);
  await phone.waitForURL(url);
  await expect(phone.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await untilComplete(phone);
  expect(await wordsOn(phone)).toBe(SLOW_ANSWER);
});

test('shows an answer in progress, also after a reload', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'slow-240x100');
  await ask(page, 'Tell me a lot');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  const lengths = new Set<number>();
  const grow = (times: number) =>
    expect(async () => {
      lengths.add((await wordsOn(page)).length);
      expect(lengths.size).toBeGreaterThanOrEqual(times);
    }).toPass({ intervals: [100] });
  await grow(5);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await grow(8);
  await untilComplete(page);
  expect(await wordsOn(page)).toBe(SLOW_ANSWER);
});

test('stops an answer, keeps its text, regenerates it, and continues the stopped version', async ({
  openBrowser,
  site,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'slow-600x50');
  await ask(page, 'Never end');
  await expect(answerOn(page)).toContainText('word5');
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  const words = await wordsOn(page);
  expect(words).toMatch(/^word1 word2 /);
  await expect.poll(() => site.provider.requests.at(-1)?.abandoned).toBe(true);
  await page.reload();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  expect(await wordsOn(page)).toBe(words);

  await chooseModel(page, 'slow-240x50');
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await untilComplete(page);
  expect(await wordsOn(page)).toBe(SLOW_ANSWER);
  await expect(page.getByTestId('answer')).toHaveCount(1);

  await expect(page.getByLabel('Version 2 of 2')).toBeVisible();
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  expect(await wordsOn(page)).toBe(words);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await untilComplete(page);
  expect((await wordsOn(page)).startsWith(`${words} `)).toBe(true);
  expect(await wordsOn(page)).toContain('word240');
});

test('shows why a model failed, also after a reload, and tries again', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'error-503');
  await ask(page, 'Are you there?');
  await expect(page.getByRole('log').getByRole('alert')).toContainText('model provider');
  await page.reload();
  await expect(page.getByRole('log').getByRole('alert')).toContainText('model provider');
  await chooseModel(page, 'Offline guide');
  await page.getByRole('button', { name: 'Try again' }).click();
  await untilComplete(page);
  await expect(answerOn(page)).toContainText('offline guide');
  await expect(page.getByRole('log').getByRole('alert')).toHaveCount(0);
});

test('renames, pins, searches, archives and deletes chats', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  for (const question of ['Which settings are there?', 'How do I add a procedure?']) {
    await page.goto('/chat');
    await ask(page, question);
    await page.waitForURL(/\/chat\/[\w-]+$/);
    await untilComplete(page);
  }
  const list = page.getByRole('navigation', { name: 'Chats' });
  const choose = async (title: string, action: string) => {
    await list.getByRole('link', { name: title }).hover();
    await list.getByRole('button', { name: `Actions for “${title}”` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await choose('Which settings are there?', 'Rename');
  await page.getByLabel('Title').fill('Settings of this installation');
  await page.getByRole('button', { name: 'Rename' }).click();
  await choose('Settings of this installation', 'Pin');
  await expect(list.getByRole('link')).toHaveText([
    'Settings of this installation',
    'How do I add a procedure?',
  ]);

  await page.getByLabel('Search your chats').fill('install');
  await expect(list.getByRole('link').first()).toHaveText('Settings of this installation');
  await page.getByRole('button', { name: 'Clear search' }).click();
  // The list of all chats replaces the results, and with them a menu that is open.
  await expect(list.getByRole('region', { name: 'Recent' })).toBeVisible();
  await expect(list.getByRole('link')).toHaveCount(2);

  await choose('Settings of this installation', 'Archive');
  await expect(list.getByRole('link')).toHaveText(['How do I add a procedure?']);
  await choose('How do I add a procedure?', 'Delete');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('/chat');
  await expect(list.getByText('No chats yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Archived chats' }).click();
  await expect(list.getByRole('link')).toHaveText(['Settings of this installation']);
});

test('a guest chats on a narrow screen and keeps the chat after signing up', async ({ openBrowser }) => {
  const page = await (await openBrowser(390)).newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await page.waitForURL('/chat');
  await ask(page, 'How do I add a procedure?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await signUp(page);
  await page.getByRole('button', { name: 'Open chat list' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'How do I add a procedure?' }).click();
  await expect(answerOn(page)).toContainText('routers/');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
