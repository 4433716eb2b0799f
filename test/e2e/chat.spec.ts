import { answerOn, ask, chooseModel, expect, signIn, signUp, test, untilComplete } from './site.ts';
import { PRODUCT } from '../../src/contract/product.ts';

test('signs up, asks, and shows the answer after a reload and in another browser', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  const email = await signUp(page);

  await test.step('groups heading, suggestions and composer, whose ring is for the keyboard', async () => {
    const composer = page.locator('form', { has: page.getByLabel('Message') });
    const heading = page.getByRole('heading', { name: 'What would you like to know?' });
    const [top, bottom] = await Promise.all([heading.boundingBox(), composer.boundingBox()]);
    if (!top || !bottom) throw new Error('The heading or the composer is not visible.');
    expect(bottom.y - top.y).toBeLessThan(260);
    await expect(page.getByLabel('Message')).toBeFocused();
    await expect(composer).toHaveCSS('outline-style', 'none');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    await expect(page.getByLabel('Message')).toBeFocused();
    await expect(composer).toHaveCSS('outline-style', 'solid');
  });

  await ask(page, 'How do I add a procedure?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(page).toHaveTitle(`How do I add a procedure? · ${PRODUCT.name}`);

  await untilComplete(page);
  // The time of the answer is shown as soon as the server has told it.
  await expect(answerOn(page).locator('time')).toBeVisible();
  const answer = await answerOn(page).innerText();
  expect(answer).toContain('routers/');

  await page.reload();
  await expect(page.getByText('How do I add a procedure?').last()).toBeVisible();
  await expect(answerOn(page)).toContainText(answer, { useInnerText: true });

  const elsewhere = await (await openBrowser()).newPage();
  await elsewhere.goto(page.url());
  await elsewhere.waitForURL(/\/sign-in\?next=/);
  await signIn(elsewhere, email);
  await elsewhere.waitForURL(page.url());
  await expect(answerOn(elsewhere)).toContainText(answer, { useInnerText: true });
  await expect(elsewhere.getByRole('navigation', { name: 'Chats' }).getByRole('link')).toHaveCount(1);
});

test('shows why a model failed, also after a reload, and tries again', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'error-500');
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
  await page.getByLabel('Title').press('Enter');
  await choose('Settings of this installation', 'Pin');
  await expect(list.getByRole('link')).toHaveText([
    'Settings of this installation',
    'How do I add a procedure?',
  ]);

  await page.getByLabel('Search your chats').fill('install');
  await expect(list.getByRole('link').first()).toHaveText('Settings of this installation');
  await page.getByRole('button', { name: 'Clear search' }).click();
  // The list of all chats replaces the results, and with them a menu that is open.
  await expect(list.getByRole('region', { name: 'Today' })).toBeVisible();
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

test('deletes several chats at once after a confirmation', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  for (const question of ['First question', 'Second question', 'Third question']) {
    await page.goto('/chat');
    await ask(page, question);
    await page.waitForURL(/\/chat\/[\w-]+$/);
    await untilComplete(page);
  }
  const list = page.getByRole('navigation', { name: 'Chats' });
  await list.getByRole('link', { name: 'First question' }).hover();
  await list.getByRole('button', { name: 'Actions for “First question”' }).click();
  await page.getByRole('menuitem', { name: 'Select' }).click();
  await expect(list.getByRole('checkbox', { name: 'First question' })).toBeChecked();
  await expect(list.getByRole('checkbox', { name: 'First question' })).toBeFocused();
  await list.getByRole('checkbox', { name: 'Third question' }).check();
  await list.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 2 chats?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(list.getByText('2 selected')).toBeVisible();
  await list.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  // The third chat was open.
  await page.waitForURL('/chat');
  await expect(list.getByRole('link')).toHaveText(['Second question']);
});

test('keeps a temporary chat out of the list until it is kept', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  const list = page.getByRole('navigation', { name: 'Chats' });
  const note = page.getByRole('note');
  await page.getByRole('switch', { name: 'Temporary chat' }).click();
  await expect(page.getByText('will not be in your list')).toBeVisible();
  await ask(page, 'Which settings are there?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
  await expect(note).toContainText('is deleted a day after its last message');
  await expect(page.getByRole('button', { name: 'Share' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(list.getByText('No chats yet.')).toBeVisible();

  await note.getByRole('button', { name: 'Keep' }).click();
  await expect(note).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await expect(list.getByRole('link')).toHaveText(['Which settings are there?']);
  await expect(page.getByRole('button', { name: 'Share' })).toBeVisible();
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
