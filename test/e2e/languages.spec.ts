import type { Page } from '@playwright/test';
import { authorizationRequest, registerItself } from '../oauth-client.ts';
import { LANGUAGE_COOKIE } from '#src/locales/languages.ts';
import { collector, inLanguage, overflowOf, signInAsAdmin, unmarkedTexts } from './marked-texts.ts';
import { ADMIN, expect, test } from './site.ts';

/** Opens what a page can show, and calls `check` for each state. */
type Walk = (page: Page, check: () => Promise<void>) => Promise<void>;

const nothingElse: Walk = () => Promise.resolve();

/** The pages of visitors, and what else can be seen on them. */
const PUBLIC: Record<string, Walk> = {
  '/': async (page, check) => {
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await check();
    }
  },
  '/sign-in?ended=true': async (page, check) => {
    const submit = page.locator('button[type=submit]');
    await submit.click();
    await expect(page.locator('.mantine-InputWrapper-error')).toHaveCount(2);
    await check();
    await page.locator('#email').fill(ADMIN);
    await page.locator('#password').fill('a wrong password');
    await submit.click();
    await expect(page.getByRole('alert').first()).toContainText('⟦');
    await check();
  },
  '/sign-up': async (page, check) => {
    await page.locator('#password').fill('short');
    await page.locator('button[type=submit]').click();
    await expect(page.locator('.mantine-InputWrapper-error')).toHaveCount(3);
    await check();
  },
  '/no-such-page': nothingElse,
  '/connect': nothingElse,
  '/share/no-such-link': nothingElse,
};

test('every text of the pages for visitors comes from the catalog', async ({ openBrowser }) => {
  const page = await (await inLanguage(openBrowser, 'en-XA')).newPage();
  const { found, check } = collector(page);
  for (const [path, walk] of Object.entries(PUBLIC)) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('⟦');
    await check();
    await walk(page, check);
  }
  expect([...found]).toEqual([]);
});

test('every text of the consent page comes from the catalog', async ({ openBrowser, site }) => {
  const context = await inLanguage(openBrowser, 'en-XA');
  await signInAsAdmin(context);
  const page = await context.newPage();
  await page.goto(authorizationRequest(await registerItself(site.server.url)).path);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('⟦');
  expect(await unmarkedTexts(page)).toEqual([]);
});

test('pages written from right to left fit a phone', async ({ openBrowser }) => {
  const page = await (await inLanguage(openBrowser, 'ar-XB', 390)).newPage();
  for (const path of Object.keys(PUBLIC)) {
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    expect(await overflowOf(page), path).toBe(0);
  }
});

test('the choice of a user comes before the languages of the browser', async ({ openBrowser, site }) => {
  const context = await inLanguage(openBrowser, 'de-AT');
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Anmelden');
  await expect(page).toHaveTitle(/^Anmelden · /);
  await context.addCookies([{ name: LANGUAGE_COOKIE, value: 'en', url: site.server.url }]);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});
