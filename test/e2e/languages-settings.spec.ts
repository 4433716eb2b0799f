import type { BrowserContext, Page } from '@playwright/test';
import { z } from 'zod';
import { conversation, type Node } from '../conversations.ts';
import {
  collector,
  inLanguage,
  overflowOf,
  SIDEBAR,
  signInAsAdmin,
  signUpAnybody,
  unmarkedTexts,
} from './marked-texts.ts';
import { expect, test } from './site.ts';

/** Sends a request to the API as the user of a context. @returns the body of the response. */
async function call(context: BrowserContext, method: string, path: string, data?: object): Promise<unknown> {
  const response = await context.request.fetch(`/api/v1${path}`, { method, ...(data && { data }) });
  expect(response.ok(), path).toBe(true);
  return response.json();
}

const Chats = z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) });

/** Imports a chat and shares it. Another chat cannot be imported. @returns the path of the shared page. */
async function shareChat(context: BrowserContext): Promise<string> {
  const nodes: Node[] = [
    ['q', null, 'user', '⟦Where?⟧'],
    ['a', 'q', 'assistant', '⟦There.⟧'],
  ];
  const content = JSON.stringify([conversation('⟦Fjords⟧', nodes), { title: '⟦broken⟧' }]);
  await call(context, 'POST', '/imports', { content });
  const find = async () => {
    const { items } = Chats.parse(await call(context, 'GET', '/chats'));
    return items.find(({ title }) => title === '⟦Fjords⟧')?.id;
  };
  await expect.poll(find).toBeDefined();
  const share = await call(context, 'PUT', `/chats/${(await find()) ?? ''}/share`);
  return z.object({ path: z.string() }).parse(share).path;
}

/** Creates what the settings list, with marked names. */
async function fill(context: BrowserContext): Promise<void> {
  await shareChat(context);
  await call(context, 'POST', '/protected/api-keys', { name: '⟦laptop⟧', scope: 'read' });
  await call(context, 'POST', '/protected/registered-clients', {
    name: '⟦program⟧',
    redirectUris: ['http://127.0.0.1/callback'],
    hasSecret: true,
  });
}

/** Presses each button of an area that opens a dialog, and tries to send its form. Calls `check` for each state. */
async function openDialogs(page: Page, area: string, check: () => Promise<void>): Promise<void> {
  const buttons = page.locator(area).getByRole('button');
  const count = await buttons.count();
  for (let index = 0; index < count; index++) {
    await buttons.nth(index).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await check();
    const submit = dialog.locator('[type=submit]');
    if (await submit.isVisible()) {
      await submit.click();
      await expect(dialog.locator('.mantine-InputWrapper-error').first()).toBeVisible();
      await check();
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
}

test('every text of the settings comes from the catalog', async ({ openBrowser }) => {
  const context = await inLanguage(openBrowser, 'en-XA');
  await signUpAnybody(context);
  await fill(context);
  const page = await context.newPage();
  const { found, check } = collector(page, { except: SIDEBAR });
  await page.goto('/settings');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('⟦');
  await check();
  const password = page.locator('#password');
  await password.locator('[type=submit]').click();
  await expect(password.locator('.mantine-InputWrapper-error').first()).toBeVisible();
  await check();
  await page.locator('#model-provider-keys').getByRole('button').first().click();
  await expect(page.locator('#model-provider-keys input')).toBeVisible();
  await check();
  for (const area of ['#api-keys', '#registered-programs', '#shared-links', '#your-data'])
    await openDialogs(page, area, check);
  expect([...found]).toEqual([]);
});

test('every text of the administration comes from the catalog', async ({ openBrowser }) => {
  const guest = await openBrowser();
  expect((await guest.request.post('/api/auth/sign-in/anonymous', { data: {} })).ok()).toBe(true);
  const context = await inLanguage(openBrowser, 'en-XA');
  await signInAsAdmin(context);
  const page = await context.newPage();
  const { found, check } = collector(page, { except: SIDEBAR });
  await page.goto('/admin');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await check();
  const menu = page.getByRole('row').getByRole('button').first();
  await menu.click();
  const items = page.getByRole('menuitem');
  await expect(items.first()).toBeVisible();
  await check();
  const count = await items.count();
  for (let index = 0; index < count; index++) {
    if (index > 0) await menu.click();
    await items.nth(index).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await page.locator('main').getByRole('textbox').fill('nobody has this name');
  await expect(page.getByRole('row')).toHaveCount(1);
  await check();
  expect([...found]).toEqual([]);
});

test('every text of a shared chat comes from the catalog', async ({ openBrowser }) => {
  const context = await inLanguage(openBrowser, 'en-XA');
  await signInAsAdmin(context);
  const path = await shareChat(context);
  const page = await context.newPage();
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('⟦Fjords⟧');
  expect(await unmarkedTexts(page)).toEqual([]);
});

test('the settings and the administration fit a phone from right to left', async ({ openBrowser }) => {
  const context = await inLanguage(openBrowser, 'ar-XB', 390);
  await signInAsAdmin(context);
  const page = await context.newPage();
  for (const path of ['/settings', '/admin', await shareChat(context)]) {
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    expect(await overflowOf(page), path).toBe(0);
  }
});

test('the language is changed in the settings without losing what was typed', async ({ openBrowser }) => {
  const context = await openBrowser();
  await signInAsAdmin(context);
  const page = await context.newPage();
  await page.goto('/settings');
  const name = page.locator('#profile').getByRole('textbox').first();
  await name.fill('Grace');
  const languages = page.getByRole('radiogroup', { name: 'Language' });
  await languages.getByText('Deutsch').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(name).toHaveValue('Grace');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Deutsch' })).toBeChecked();
  await page.getByRole('radiogroup', { name: 'Sprache' }).getByText('System').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
});
