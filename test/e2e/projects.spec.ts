import type { Page } from '@playwright/test';
import { answerOn, ask, chooseModel, expect, signUp, test, untilComplete } from './site.ts';

const listOn = (page: Page) => page.getByRole('navigation', { name: 'Chats' });
const link = (page: Page, title: string) => listOn(page).getByRole('link', { name: title, exact: true });
const project = (page: Page, name: string) => listOn(page).getByRole('region', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog', { name: /project|Norway|^Move/i });

/** Creates empty chats on the page's server. */
async function createChats(page: Page, titles: string[]): Promise<void> {
  for (const title of titles) {
    expect((await page.request.post('/api/v1/chats', { data: { title } })).status()).toBe(201);
  }
}

/** Chooses an action in the menu of a chat or project. */
async function choose(page: Page, name: string, action: string): Promise<void> {
  await link(page, name).hover();
  await listOn(page)
    .getByRole('button', { name: `Actions for “${name}”` })
    .click();
  await page.getByRole('menuitem', { name: action }).click();
}

test('projects: create one, move chats by menu and drag, ask in it, and delete it without its chats', async ({
  openBrowser,
}) => {
  const context = await openBrowser();
  const page = await context.newPage();
  await signUp(page);
  await createChats(page, ['Trains', 'Ships', 'Recipes']);
  await page.reload();
  const other = await context.newPage();
  await other.goto('/chat');
  // A page behind another one draws one frame per second.
  await page.bringToFront();
  const norway = project(page, 'Norway');

  await test.step('a project is created, also in another tab', async () => {
    const button = listOn(page).getByRole('button', { name: 'New project' });
    await button.click();
    await dialog(page).getByLabel('Name').fill('Norway');
    await dialog(page).getByLabel('Instructions').fill('We travel by train.');
    await dialog(page).getByRole('button', { name: 'Create' }).click();
    await expect(link(page, 'Norway')).toBeVisible();
    await expect(button).toBeFocused();
    await expect(link(other, 'Norway')).toBeVisible();
  });

  await test.step('a chat moves by its menu, and back', async () => {
    await choose(page, 'Trains', 'Move to project');
    await expect(dialog(page).getByRole('button', { name: 'No project' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await dialog(page).getByRole('button', { name: 'Norway' }).click();
    await expect(norway.getByRole('link')).toHaveText(['Norway', 'Trains']);
    await expect(page.getByText('“Trains” is now in “Norway”.')).toBeVisible();
    await expect(listOn(page).getByRole('region', { name: 'Today' }).getByRole('link')).toHaveText([
      'Recipes',
      'Ships',
    ]);
    // The focus is on a chat, not lost with the moved one.
    await expect(listOn(page).locator('a:focus')).toHaveCount(1);
    await expect(project(other, 'Norway').getByRole('link')).toHaveText(['Norway', 'Trains']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(norway.getByRole('link')).toHaveText(['Norway']);
  });

  await test.step('a chat moves by drag, into a project and out of it', async () => {
    await link(page, 'Ships').dragTo(norway);
    await expect(norway.getByRole('link')).toHaveText(['Norway', 'Ships']);
    await link(page, 'Trains').dragTo(norway);
    await expect(norway.getByRole('link')).toHaveText(['Norway', 'Ships', 'Trains']);
    await link(page, 'Ships').dragTo(link(page, 'Recipes'));
    await expect(norway.getByRole('link')).toHaveText(['Norway', 'Trains']);
    await listOn(page).getByRole('button', { name: 'Chats in “Norway”' }).click();
    await expect(norway.getByRole('link')).toHaveText(['Norway']);
    await page.reload();
    await expect(norway.getByRole('link')).toHaveText(['Norway']);
  });

  await test.step('the page of the project has its chats, and starts another one in it', async () => {
    await link(page, 'Norway').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Norway' })).toBeVisible();
    await expect(page).toHaveTitle(/^Norway/);
    const chats = page.getByRole('region', { name: 'Chats in this project' });
    await expect(chats.getByRole('link')).toHaveText(['Trains']);
    await page.getByRole('button', { name: 'Edit instructions' }).click();
    await expect(dialog(page).getByLabel('Instructions')).toHaveValue('We travel by train.');
    await page.keyboard.press('Escape');
    await chooseModel(page, 'echo');
    await ask(page, 'Where do we go?');
    await page.waitForURL(/\/chat\/[\w-]+$/);
    await untilComplete(page);
    await expect(answerOn(page)).toContainText('Where do we go?');
    await listOn(page).getByRole('button', { name: 'Chats in “Norway”' }).click();
    await expect(norway.getByRole('link')).toHaveText(['Norway', /./, 'Trains']);
  });

  await test.step('search shows the project of a chat', async () => {
    await page.getByLabel('Search your chats').fill('trains');
    await expect(listOn(page).getByRole('link')).toHaveText(['TrainsNorway']);
    await page.getByRole('button', { name: 'Clear search' }).click();
  });

  await test.step('deleting the project says that its chats stay', async () => {
    await choose(page, 'Norway', 'Delete');
    await expect(dialog(page)).toContainText('Its chats stay, in no project.');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await expect(norway).toHaveCount(0);
    await expect(link(page, 'Trains')).toBeVisible();
    await expect(listOn(page).getByRole('link')).toHaveCount(4);
    await expect(project(other, 'Norway')).toHaveCount(0);
  });
});

test('on a phone, a chat moves to a new project by its menu', async ({ openBrowser }) => {
  const page = await (await openBrowser(390, { hasTouch: true, expected: /status of 404/ })).newPage();
  await signUp(page);
  await createChats(page, ['Trains']);
  await page.reload();
  await page.getByRole('button', { name: 'Open chat list' }).click();
  await listOn(page).getByRole('button', { name: 'Actions for “Trains”' }).click();
  await page.getByRole('menuitem', { name: 'Move to project' }).click();
  await dialog(page).getByLabel('New project').fill('Norway');
  await dialog(page).getByRole('button', { name: 'Create and move' }).click();
  await expect(project(page, 'Norway').getByRole('link')).toHaveText(['Norway', 'Trains']);
  await link(page, 'Norway').click();
  await page.waitForURL(/\/projects\/[\w-]+$/);
  await expect(page.getByRole('dialog', { name: 'Chats' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Chats in this project' }).getByRole('link')).toHaveText([
    'Trains',
  ]);
  await page.goto('/projects/unknown');
  await expect(page.getByRole('heading', { name: 'Project not found' })).toBeVisible();
});

test('a dialog that is opened by a menu keeps the focus, and returns it to the button of the menu', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await createChats(page, ['Trains']);
  expect((await page.request.post('/api/v1/projects', { data: { name: 'Norway' } })).status()).toBe(201);
  await page.reload();
  const items = ['Instructions', 'Move to project', 'Share', 'Delete'].map(
    (item) => ['Trains', item] as const,
  );
  for (const [name, item] of [...items, ['Norway', 'Edit'], ['Norway', 'Delete']] as const) {
    await test.step(`${item} of ${name}`, async () => {
      await choose(page, name, item);
      await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1);
      // The menu is closed in a transition, after which it could take the focus.
      await expect(page.getByRole('menu')).toHaveCount(0);
      await page.waitForTimeout(100);
      await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(listOn(page).getByRole('button', { name: `Actions for “${name}”` })).toBeFocused();
    });
  }
});
