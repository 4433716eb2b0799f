import type { Locator, Page } from '@playwright/test';
import { signUp } from '../client.ts';
import { png } from '../files.ts';
import { collector, overflowOf } from './marked-texts.ts';
import { openAs } from './scripted-site.ts';
import { expect, test } from './site.ts';

/** The title of a chat, which is marked like texts of the catalog. */
const TITLE = '⟦Chat⟧';
/**
 * A question, and its answer by the model `echo`. The definitions of links are not shown in the answer. Their marks are
 * around the text of the question, which is shown as it is.
 */
const ANSWER = `[1]: /⟦

⟦A table⟧

| ⟦a⟧ | ⟦b⟧ |
| --- | --- |
| ⟦c⟧ | ⟦d⟧[^1] |

\`\`\`ts
const answer = 42;
\`\`\`

$x^2$

[^1]: ⟦A note⟧

[2]: /⟧`;

/** The longest message, in characters. */
const MAX_LENGTH = 100_000;

const EXPECTED = /status of 4\d\d|net::ERR_FAILED/;

const composer = (page: Page) => page.locator('form textarea').last();
const send = (page: Page) => page.locator('form button[type=submit]').last();
const modelField = (page: Page) => page.locator('form [role=combobox]').last();
/** Errors on the page. Next.js has an empty element with the same role. */
const alerts = (page: Page) => page.locator('[role=alert]:not(#__next-route-announcer__)');
const dialog = (page: Page) => page.getByRole('dialog');

/** Chooses a model by its name, which is not translated. */
async function choose(page: Page, name: string): Promise<void> {
  await modelField(page).click();
  await page.getByRole('option', { name }).click();
  await expect(modelField(page)).toHaveValue(name);
}

/** Attaches files to the next question, and waits until each is uploaded or rejected. */
async function attach(page: Page, files: Parameters<Locator['setInputFiles']>[0], count: number) {
  await page.locator('input[type=file]').last().setInputFiles(files);
  await expect(page.locator('form').last().locator('xpath=preceding-sibling::ul/li')).toHaveCount(count);
  await expect(page.locator('progress')).toHaveCount(0);
}

/** Opens the page of a chat with an answer of the model `echo`. */
async function withAnswer(page: Page, url: string): Promise<void> {
  await choose(page, 'echo');
  await composer(page).fill(ANSWER);
  await send(page).click();
  await page.waitForURL(`${url}/chat/*`);
  await expect(page.getByTestId('answer').locator('pre')).toBeVisible();
  await expect(page.getByTestId('answer').locator('.katex').first()).toBeVisible();
}

test('every text of the new chat and its composer comes from the catalog', async ({ openBrowser, site }) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser(1280, { locale: 'en-XA', expected: EXPECTED }));
  const { found, check } = collector(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('⟦');
  await check();

  await page.getByRole('switch').check();
  await check();
  await page.getByRole('switch').uncheck();
  await modelField(page).click();
  await expect(page.getByRole('option')).toHaveCount(4);
  await check();
  await page.keyboard.press('Escape');

  const pixels = png({ width: 30_000, height: 30_000 });
  await attach(
    page,
    [
      { name: '⟦notes⟧', mimeType: 'text/plain', buffer: Buffer.from('notes') },
      { name: '⟦program⟧', mimeType: 'image/png', buffer: Buffer.of(0x4d, 0x5a, 0, 0xff) },
      { name: '⟦empty⟧', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      { name: '⟦picture⟧', mimeType: 'image/png', buffer: pixels },
    ],
    4,
  );
  await expect(alerts(page)).toHaveCount(3);
  await check();
  await page.route('**/api/v1/files', (route) => route.abort());
  await attach(page, [{ name: '⟦lost⟧', mimeType: 'text/plain', buffer: Buffer.from('lost') }], 5);
  await expect(alerts(page)).toHaveCount(4);
  await check();

  const long = 'a '.repeat(5_000).trim();
  await composer(page).evaluate((input: HTMLTextAreaElement, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    input.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData: data }));
  }, long);
  await composer(page).fill(`⟦${'a'.repeat(MAX_LENGTH + 1232)}⟧`);
  await expect(page.locator('form').last().getByRole('status')).toContainText('101,234');
  await check();
  expect([...found]).toEqual([]);
});

test('every text of a chat comes from the catalog', async ({ openBrowser, site }) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser(1280, { locale: 'en-XA', expected: EXPECTED }));
  // The model `slow` writes words without marks.
  const { found, check } = collector(page, { ignored: /: (?:word\d+ ?)+$/ });
  await withAnswer(page, site.server.url);
  const id = page.url().split('/').at(-1) ?? '';
  await account.rpc.chat.update.mutate({ id, title: TITLE, temperature: 0.3 });
  await page.reload();
  await expect(page.getByTestId('answer').locator('pre')).toBeVisible();
  await check();

  // A question that waits for an answer in progress, and one that does not reach the server.
  await choose(page, 'slow-2400x50');
  await composer(page).fill('⟦Slow⟧');
  await composer(page).press('Enter');
  await expect(page.getByTestId('answer')).toHaveCount(2);
  await composer(page).fill('⟦Next⟧');
  await check();
  await composer(page).press('Enter');
  const next = page.getByRole('group').filter({ hasText: '⟦Next⟧' }).last();
  await composer(page).fill('⟦After that⟧');
  await check();
  await next.getByRole('button').last().click();
  await expect(next).toHaveCount(0);
  await check();
  await account.rpc.chat.stop.mutate({ chatId: id });
  await expect(page.getByTestId('answer').last().getByRole('button').first()).toBeVisible();
  await page.route('**/chat.send*', (route) => route.abort());
  await composer(page).press('Enter');
  await expect(alerts(page).last()).toContainText('⟦');
  await check();
  await alerts(page).last().locator('xpath=..').getByRole('button').last().click();
  await check();
  await page.unroute('**/chat.send*');
  expect([...found]).toEqual([]);
});

test('every text of the dialogs of a chat comes from the catalog', async ({ openBrowser, site }) => {
  const account = await signUp(site.server.url);
  const { id } = await account.rpc.chat.create.mutate({ title: TITLE, model: 'openai-compatible/echo' });
  await account.rpc.chat.update.mutate({ id, temperature: 0.3 });
  const parts = [{ type: 'text' as const, text: '⟦Question⟧' }];
  const { runId } = await account.rpc.chat.send.mutate({ chatId: id, parts });
  await account.rpc.chat.answer.query({ runId, waitSeconds: 20 });
  const context = openBrowser(1280, { locale: 'en-XA', expected: EXPECTED });
  const page = await openAs(account, context, `/chat/${id}`);
  const { found, check } = collector(page);
  const main = page.getByRole('main');
  await main.getByRole('button').filter({ hasText: '⟦Š' }).first().click();
  await expect(dialog(page).getByRole('listitem').first()).toBeVisible();
  await check();
  await dialog(page).locator('[data-autofocus]').click();
  await expect(dialog(page).locator('input[readonly]')).toBeVisible();
  await check();
  // "Update link" is before "Copy link".
  await dialog(page).getByRole('button').nth(-2).click();
  await expect(dialog(page).getByRole('status')).toBeVisible();
  await check();
  await dialog(page).getByRole('button').nth(-3).click();
  await expect(dialog(page).locator('[data-autofocus]').last()).toBeFocused();
  await check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);

  const row = page.locator(`a[href="/chat/${id}"]`).locator('xpath=..');
  await row.hover();
  await row.getByRole('button').last().click();
  await page.getByRole('menuitem').nth(1).click();
  await expect(dialog(page).locator('textarea').first()).toBeFocused();
  await expect(dialog(page).locator('select')).toBeVisible();
  await check();
  await dialog(page)
    .locator('textarea')
    .first()
    .fill(`⟦${'a'.repeat(MAX_LENGTH)}⟧`);
  await check();
  expect([...found]).toEqual([]);
});

test('a chat that is written from right to left fits a phone', async ({ openBrowser, site }) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser(390, { locale: 'ar-XB', expected: EXPECTED }));
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  const fits = async () => expect(await overflowOf(page)).toBe(0);
  await fits();
  await attach(
    page,
    [{ name: 'program.exe', mimeType: 'image/png', buffer: Buffer.of(0x4d, 0x5a, 0, 0xff) }],
    1,
  );
  await expect(alerts(page)).toBeVisible();
  await fits();
  await page.locator('form').last().locator('xpath=preceding-sibling::ul//button').click();
  await withAnswer(page, site.server.url);
  await fits();
});
