import type { BrowserContext, Locator, Page } from '@playwright/test';
import { collector, overflowOf } from './marked-texts.ts';
import { expect, PASSWORD, test } from './site.ts';

const EXPECTED = /status of 404/;

const sidebarOn = (page: Page) => page.locator('aside [data-sidebar]');
const accountIn = (sidebar: Locator) => sidebar.locator('> button[aria-haspopup=menu]');
const dialogOn = (page: Page) => page.getByRole('dialog');
const itemsOn = (page: Page) => page.getByRole('menuitem');

let accounts = 0;

/** Creates an account with a chat and a project, whose texts have the marks of the catalog. @returns the project's path. */
async function signUpMarked(context: BrowserContext): Promise<string> {
  const account = { name: '⟦Ada⟧', email: `marked-${++accounts}@example.com`, password: PASSWORD };
  expect((await context.request.post('/api/auth/sign-up/email', { data: account })).ok()).toBe(true);
  await context.request.post('/api/v1/chats', { data: { title: '⟦Trains⟧' } });
  const response = await context.request.post('/api/v1/projects', { data: { name: '⟦Norway⟧' } });
  const project = (await response.json()) as { id: string };
  return `/projects/${project.id}`;
}

/** Closes what is open. */
async function closeOn(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(dialogOn(page).or(page.getByRole('menu'))).toHaveCount(0);
}

test('every text of the sidebar, its menus and dialogs comes from the catalog', async ({ openBrowser }) => {
  const context = await openBrowser(1280, { locale: 'en-XA', expected: EXPECTED });
  const project = await signUpMarked(context);
  const page = await context.newPage();
  const { found, check } = collector(page);
  const sidebar = sidebarOn(page);
  const list = sidebar.locator('nav');
  const account = accountIn(sidebar);
  await page.goto('/chat');
  await expect(list.locator('a')).toHaveCount(2);
  // The code of menus is loaded when the page is idle.
  await page.waitForLoadState('networkidle');
  await check();

  await test.step('account menu, and the list of shortcuts', async () => {
    await account.click();
    await expect(itemsOn(page)).toHaveCount(3);
    await check();
    await itemsOn(page).nth(1).click();
    await expect(dialogOn(page).getByRole('row')).toHaveCount(6);
    await check();
    await closeOn(page);
  });

  await test.step('palette', async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').first()).toBeVisible();
    await check();
    await dialogOn(page).getByRole('combobox').fill('⟦zzz⟧');
    await expect(dialogOn(page).getByRole('status')).toBeVisible();
    await expect(page.getByRole('option')).toHaveCount(0);
    await check();
    await closeOn(page);
  });

  await test.step('search, archive, and the hidden sidebar', async () => {
    await sidebar.getByRole('textbox').fill('⟦zzz⟧');
    await expect(list.locator('a')).toHaveCount(0);
    await check();
    await sidebar.getByRole('textbox').fill('');
    const archive = sidebar.locator('> button[aria-pressed]');
    await archive.click();
    await check();
    await archive.click();
    await page.keyboard.press('Control+b');
    await expect(sidebar).toBeHidden();
    await check();
    await page.keyboard.press('Control+b');
    await expect(list.locator('a')).toHaveCount(2);
  });

  await test.step('dialogs of projects', async () => {
    await list.locator('[data-new-project]').click();
    await expect(dialogOn(page).getByRole('textbox')).toHaveCount(2);
    await check();
    await closeOn(page);
    const [ofProject, ofChat] = [
      list.locator('[aria-haspopup=menu]').first(),
      list.locator('[aria-haspopup=menu]').last(),
    ];
    for (const item of [1, 2]) {
      await ofProject.click();
      await check();
      await itemsOn(page).nth(item).click();
      await expect(dialogOn(page).locator('form, .mantine-Group-root').first()).toBeVisible();
      await check();
      await closeOn(page);
    }
    await ofChat.click();
    await check();
    await itemsOn(page).nth(3).click();
    await expect(dialogOn(page).locator('button[aria-pressed]')).toHaveCount(2);
    await check();
    await dialogOn(page).locator('button[aria-pressed=false]').click();
    await expect(page.locator('[role=status] button').first()).toBeVisible();
    await check();
  });

  await test.step('page of a project, and one that does not exist', async () => {
    await page.goto(project);
    const heading = page.locator('main h1');
    await expect(heading).toHaveText('⟦Norway⟧');
    await expect(page.locator('#project-chats')).toBeVisible();
    await check();
    await heading.locator('~ button').click();
    await expect(dialogOn(page).getByRole('textbox')).toHaveCount(2);
    await check();
    await page.goto('/projects/00000000-0000-4000-8000-000000000000');
    await expect(heading).toContainText('⟦');
    await check();
  });
  expect([...found]).toEqual([]);
});

test('every text of the menu of a guest and of the chat list of a phone comes from the catalog', async ({
  openBrowser,
}) => {
  const context = await openBrowser(390, { locale: 'en-XA' });
  expect((await context.request.post('/api/auth/sign-in/anonymous', { data: {} })).ok()).toBe(true);
  const page = await context.newPage();
  const { found, check } = collector(page);
  await page.goto('/chat');
  await page.waitForLoadState('networkidle');
  await check();
  await page.locator('header button').first().click();
  await expect(dialogOn(page)).toBeVisible();
  await check();
  await accountIn(dialogOn(page).locator('[data-sidebar]')).click();
  await expect(itemsOn(page)).toHaveCount(4);
  await check();
  await itemsOn(page).last().click();
  await expect(dialogOn(page)).toHaveCount(2);
  await check();
  expect([...found]).toEqual([]);
});

test('pages with the sidebar that are written from right to left fit a phone', async ({ openBrowser }) => {
  const context = await openBrowser(390, { locale: 'ar-XB', expected: EXPECTED });
  const paths = ['/chat', await signUpMarked(context), '/projects/none'];
  const page = await context.newPage();
  for (const path of paths) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    expect(await overflowOf(page), path).toBe(0);
    await page.locator('header button').first().click();
    const sidebar = dialogOn(page).locator('[data-sidebar]');
    // The chat list comes from the side at which lines begin.
    await expect
      .poll(async () => {
        const box = await sidebar.boundingBox();
        return box && Math.round(box.x + box.width);
      })
      .toBe(390);
    expect(await overflowOf(page), path).toBe(0);
    await closeOn(page);
  }
});
