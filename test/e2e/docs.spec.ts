import { expect, signUp, test } from './site.ts';
import { PRODUCT } from '../../src/contract/product.ts';

test('shows the API reference, sends a request as the user, and loads nothing from other origins', async ({
  openBrowser,
  site,
}) => {
  const context = await openBrowser(1440);
  const foreign: string[] = [];
  context.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.server.url)) {
      foreign.push(request.url());
    }
  });
  const page = await context.newPage();
  const email = await signUp(page);
  await page.goto('/');
  await page.getByRole('link', { name: 'API reference' }).click();
  await page.waitForURL('/docs');
  await expect(page).toHaveTitle(`API reference · ${PRODUCT.name}`);

  await page.getByRole('link', { name: 'Get your account' }).click();
  await page.getByRole('button', { name: 'Test Request (get /users/me)' }).click();
  const response = page.waitForResponse(`${site.server.url}/api/v1/users/me`);
  await page.getByRole('button', { name: /Send get request/ }).click();
  expect((await response).status()).toBe(200);
  await expect(page.getByRole('link', { name: '200 OK' })).toBeVisible();
  await expect(page.getByText(`"${email}"`)).toBeVisible();
  expect(foreign).toEqual([]);
});

test('the API reference uses the colours of the app and fits a narrow screen', async ({ openBrowser }) => {
  const page = await (await openBrowser(390)).newPage();
  await page.goto('/docs');
  const heading = page.getByRole('heading', { name: PRODUCT.name });
  await expect(heading).toBeVisible();
  const colours = () =>
    heading.evaluate((element) => {
      const background = getComputedStyle(document.body).getPropertyValue('--scalar-background-1');
      return { text: getComputedStyle(element).color, background: background.trim() };
    });
  const light = await colours();
  await page.getByRole('button', { name: 'Use dark colors' }).click();
  await expect.poll(colours).not.toEqual(light);
  expect((await colours()).background).toBe('#16171a');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  // Classes left on the body would change other pages.
  await page.getByRole('link', { name: `${PRODUCT.name}, home` }).click();
  await page.waitForURL('/');
  expect(await page.evaluate(() => document.body.className)).not.toMatch(/-mode/);
});
