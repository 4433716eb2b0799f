import type { Page } from '@playwright/test';
import { startTcpProxy } from '../tcp-proxy.ts';
import {
  ADMIN,
  answerOn,
  ask,
  chooseModel,
  expect,
  signIn,
  signUp,
  test,
  untilComplete,
  wordsOn,
} from './site.ts';

const DAY_MS = 86_400_000;

const listOn = (page: Page) => page.getByRole('navigation', { name: 'Chats' });
const link = (page: Page, title: string) => listOn(page).getByRole('link', { name: title, exact: true });

/** Creates empty chats on the page's server, the last one being the first in the list. @returns their ids. */
function createChats(page: Page, titles: string[], model?: string): Promise<string[]> {
  return page.evaluate(
    async ({ all, ...choice }) => {
      const ids: string[] = [];
      for (const title of all) {
        const response = await fetch('/api/v1/chats', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ title, ...choice }),
        });
        ids.push(((await response.json()) as { id: string }).id);
      }
      return ids;
    },
    { all: titles, ...(model !== undefined && { model }) },
  );
}

/** Chooses an action in the menu of a chat. */
async function choose(page: Page, title: string, action: string): Promise<void> {
  await link(page, title).hover();
  await listOn(page)
    .getByRole('button', { name: `Actions for “${title}”` })
    .click();
  await page.getByRole('menuitem', { name: action }).click();
}

test('keeps the page while the connection is lost, says so, and continues by itself', async ({
  openBrowser,
  site,
}) => {
  const { hostname: host, port } = new URL(site.server.url);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  const context = await openBrowser(1280, { expected: /net::ERR_/ });
  const page = await context.newPage();
  await signUp(page);
  const [firstId] = await createChats(page, ['First', 'Second', 'Third']);
  await page.goto(`http://${host}:${proxy.port}/chat`);
  const offline = page.getByText('You are offline.');
  const reconnecting = page.getByText('Reconnecting…');

  // The code of menus is loaded when the page is idle.
  await page.waitForLoadState('networkidle');

  await test.step('offline: a link and a change wait for the connection', async () => {
    await context.setOffline(true);
    await expect(offline).toBeVisible();
    await choose(page, 'Third', 'Pin');
    await expect(listOn(page).getByRole('region', { name: 'Pinned' })).toContainText('Third');
    await link(page, 'First').click();
    await expect(link(page, 'First').locator('[data-pending]')).toBeVisible();
    await context.setOffline(false);
    await page.waitForURL(`**/chat/${firstId}`);
    await expect(offline).toHaveCount(0);
    await page.reload();
    await expect(listOn(page).getByRole('region', { name: 'Pinned' })).toContainText('Third');
  });

  await test.step('server down: a failed change says so, the answer continues, a link waits', async () => {
    await chooseModel(page, 'slow-2400x50');
    await ask(page, 'Never end');
    await expect(answerOn(page)).toContainText('word5');
    await proxy.inject('down');
    await expect(reconnecting).toBeVisible();
    const before = await wordsOn(page);
    await choose(page, 'Second', 'Pin');
    const failure = page.getByRole('alert').filter({ hasText: 'Could not pin “Second”.' });
    await expect(failure).toBeVisible();
    await expect(listOn(page).getByRole('region', { name: 'Pinned' }).getByRole('link')).toHaveText([
      'Third',
    ]);

    await proxy.inject('none');
    await expect(reconnecting).toHaveCount(0);
    await expect.poll(async () => (await wordsOn(page)).length).toBeGreaterThan(before.length);
    await failure.getByRole('button', { name: 'Try again' }).click();
    await expect(listOn(page).getByRole('region', { name: 'Pinned' }).getByRole('link')).toHaveCount(2);
    await expect(failure).toHaveCount(0);

    await proxy.inject('down');
    await expect(reconnecting).toBeVisible();
    await link(page, 'Second').click();
    await expect(link(page, 'Second').locator('[data-pending]')).toBeVisible();
    await proxy.inject('none');
    await expect(page).toHaveTitle(/^Second/);
    await expect(reconnecting).toHaveCount(0);
  });
  await proxy.close();
});

test('groups the chats by day, loads more while scrolling, and changes them in place', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser(1280, { timezoneId: 'Pacific/Kiritimati' })).newPage();
  await signUp(page);
  const titles = Array.from({ length: 70 }, (_, index) => `Chat ${index + 1}`);
  await createChats(page, titles);
  await page.reload();
  const list = listOn(page);

  await test.step('loads the next chats when the end comes near', async () => {
    await expect(list.getByRole('region', { name: 'Today' })).toBeVisible();
    // The end of the first 30 is near as soon as the page is shown.
    await expect(list.getByRole('link')).toHaveCount(60);
    // A slow page may load twice, if the new chats are not shown yet when it looks again.
    await expect(async () => {
      await list.getByRole('link').last().scrollIntoViewIfNeeded();
      expect(await list.getByRole('link').count()).toBe(70);
    }).toPass({ timeout: 40_000 });
    await expect(list.getByRole('status')).toHaveCount(0);
  });

  await test.step('renames in place and keeps the focus', async () => {
    await choose(page, 'Chat 68', 'Rename');
    const field = list.getByRole('textbox', { name: 'Title' });
    await expect(field).toBeFocused();
    await page.keyboard.type('Not this');
    await page.keyboard.press('Escape');
    await expect(link(page, 'Chat 68')).toBeFocused();
    await choose(page, 'Chat 68', 'Rename');
    await page.keyboard.type('Renamed chat');
    await page.keyboard.press('Enter');
    await expect(link(page, 'Renamed chat')).toBeFocused();
  });

  await test.step('archives with an undo, deletes after a confirmation, and keeps the focus', async () => {
    await choose(page, 'Renamed chat', 'Archive');
    await expect(link(page, 'Renamed chat')).toHaveCount(0);
    await expect(link(page, 'Chat 67')).toBeFocused();
    const message = page.getByRole('status').filter({ hasText: '“Renamed chat” is archived.' });
    await message.getByRole('button', { name: 'Undo' }).click();
    await expect(link(page, 'Renamed chat')).toBeVisible();
    await expect(message).toHaveCount(0);
    await choose(page, 'Chat 70', 'Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(link(page, 'Chat 70')).toHaveCount(0);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(link(page, 'Chat 69')).toBeFocused();
  });

  await test.step('moves chats to the group of their day, as the time passes', async () => {
    const now = Date.now();
    const month = new Date(now).toLocaleDateString('en', { timeZone: 'Pacific/Kiritimati', month: 'long' });
    for (const [days, title] of [
      [1, 'Yesterday'],
      [7, 'Previous 7 days'],
      [400, new RegExp(`^${month} \\d{4}$`)],
    ] as const) {
      await page.clock.setFixedTime(now + days * DAY_MS);
      await page.reload();
      await expect(list.getByRole('heading')).toHaveText(['Projects', title]);
    }
  });
});

test('shows answers in progress and unread ones, hides the sidebar, and finds chats and commands by keys', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await createChats(page, ['Invoices', 'Holidays']);
  await page.reload();
  await chooseModel(page, 'slow-2400x50');
  await ask(page, 'Never end');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  const running = new URL(page.url()).pathname;

  await test.step('dots', async () => {
    await link(page, 'Invoices').click();
    await expect(page).toHaveTitle(/^Invoices/);
    await expect(link(page, 'Never end (answer in progress)')).toBeVisible();
    await page.evaluate(
      (path) => fetch(`/api/v1${path.replace('chat', 'chats')}/stop`, { method: 'POST' }),
      running,
    );
    await expect(link(page, 'Never end (new answer)')).toBeVisible();
    await page.reload();
    await link(page, 'Never end (new answer)').click();
    await expect(link(page, 'Never end')).toBeVisible();
  });

  await test.step('sidebar', async () => {
    await link(page, 'Holidays').focus();
    await page.keyboard.press('Control+b');
    await expect(listOn(page)).toBeHidden();
    await expect(page.getByRole('button', { name: 'Show sidebar' })).toBeFocused();
    // The server renders the page without it.
    await expect
      .poll(async () => (await (await page.request.get(running)).text()).includes('data-hidden="true"'))
      .toBe(true);
    await page.reload();
    await expect(listOn(page)).toBeHidden();
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.waitForURL('/chat');
    await page.getByRole('button', { name: 'Show sidebar' }).click();
    await expect(listOn(page)).toBeVisible();
  });

  await test.step('palette', async () => {
    const search = page.getByRole('combobox', { name: 'Search chats and commands' });
    await page.getByLabel('Message').fill('A draft');
    await page.keyboard.press('Control+k');
    await expect(search).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByLabel('Message')).toBeFocused();
    await page.keyboard.press('Control+k');
    await search.fill('holi');
    await expect(page.getByRole('option')).toHaveText(['Holidays']);
    await page.keyboard.press('Enter');
    await expect(page).toHaveTitle(/^Holidays/);
    await page.keyboard.press('Control+k');
    await search.fill('api keys');
    await expect(page.getByRole('option')).toHaveText(['Settings: API keys']);
    await page.keyboard.press('Enter');
    await page.waitForURL('/settings#api-keys');
    await expect(page.getByRole('region', { name: 'API keys' })).toBeInViewport();
    await expect(link(page, 'Holidays')).toBeInViewport();
    await page.keyboard.press('Shift+?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('New chat');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Control+Shift+o');
    await page.waitForURL('/chat');
  });
});

test('keeps the sidebar from a chat to the settings, the accounts and back', async ({ openBrowser }) => {
  const page = await (await openBrowser(1280, { expected: /status of 404/ })).newPage();
  await page.goto('/sign-in?next=%2Fchat');
  await signIn(page, ADMIN);
  await page.waitForURL('/chat');
  await createChats(
    page,
    Array.from({ length: 40 }, (_, index) => `Walk ${index}`),
  );
  await page.reload();
  await link(page, 'Walk 39').click();
  await page.waitForURL(/\/chat\/[\w-]+$/);
  const sidebar = await page.getByRole('complementary', { name: 'Sidebar' }).elementHandle();
  await link(page, 'Walk 10').scrollIntoViewIfNeeded();
  const top = await link(page, 'Walk 10').boundingBox();

  const account = page.getByRole('button', { name: 'Account of Grace Hopper' });
  for (const [name, path] of [
    ['Settings', '/settings'],
    ['Accounts', '/admin'],
  ] as const) {
    await account.click();
    await page.getByRole('menuitem', { name }).click();
    await page.waitForURL(path);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    expect(await sidebar.evaluate((element) => element.isConnected)).toBe(true);
    expect(await link(page, 'Walk 10').boundingBox()).toEqual(top);
  }
  await link(page, 'Walk 10').click();
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(page.getByLabel('Message')).toBeVisible();
  expect(await sidebar.evaluate((element) => element.isConnected)).toBe(true);
});

test('on a phone, Back closes the chat list, and a deleted chat says so', async ({ openBrowser }) => {
  const page = await (await openBrowser(390, { expected: /status of 404/ })).newPage();
  await signUp(page);
  const [walks, recipes] = await createChats(page, ['Walks', 'Recipes']);
  await page.goto(`/chat/${walks}`);
  const open = () => page.getByRole('button', { name: 'Open chat list' }).click();
  const drawer = page.getByRole('dialog', { name: 'Chats' });

  await test.step('the list is there on the other pages too', async () => {
    for (const path of ['/settings', '/no-such-page', '/admin']) {
      await page.goto(path);
      await expect(page.getByRole('main')).toHaveCount(1);
      await expect(page.getByRole('link', { name: 'New chat' })).toBeVisible();
      await open();
      await link(page, 'Walks').click();
      await page.waitForURL(`/chat/${walks}`);
      await expect(drawer).toHaveCount(0);
    }
  });

  await test.step('a link of the account closes the list', async () => {
    await open();
    await drawer.getByRole('button', { name: 'Account of' }).click();
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await page.waitForURL('/settings');
    await expect(drawer).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL(`/chat/${walks}`);
  });

  await open();
  await expect(drawer).toBeVisible();
  await page.goBack();
  await expect(drawer).toHaveCount(0);
  await expect(page).toHaveURL(`/chat/${walks}`);

  await open();
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await open();
  await link(page, 'Recipes').click();
  await page.waitForURL(`/chat/${recipes}`);
  await expect(drawer).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(`/chat/${walks}`);
  await expect(drawer).toHaveCount(0);

  await page.getByRole('link', { name: 'New chat' }).click();
  await page.waitForURL('/chat');
  await open();
  await choose(page, 'Walks', 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(link(page, 'Walks')).toHaveCount(0);
  await page.goBack();
  await expect(drawer).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Chat not found' })).toBeVisible();
});

test('keeps the reading place when older messages are loaded', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  const [id = ''] = await createChats(page, ['Long'], 'openai-compatible/echo');
  await page.evaluate(async (chatId) => {
    for (let question = 1; question <= 18; question += 1) {
      await fetch('/api/v1/answers', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ chatId, text: `Question ${question}` }),
      });
    }
  }, id);
  await page.goto(`/chat/${id}`);
  await untilComplete(page);
  const older = page.getByRole('button', { name: 'Load older' });
  const message = page.getByText('Question 4', { exact: true }).first();
  const placeOf = async () => (await message.boundingBox())?.y ?? Number.NaN;
  await older.scrollIntoViewIfNeeded();
  const before = await placeOf();
  await older.click();
  await expect(page.getByText('Question 1', { exact: true })).not.toHaveCount(0);
  await expect(older).toHaveCount(0);
  // Heights of lines are fractions of pixels, but a scroll position may be rounded.
  expect(Math.abs((await placeOf()) - before)).toBeLessThanOrEqual(1);
});
