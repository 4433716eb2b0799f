import { expect, test } from './site.ts';
import { PRODUCT } from '../../src/contract/product.ts';

test('shows a page for each procedure, and loads nothing from other origins', async ({
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
  await page.goto('/');
  await test.step('the landing page shows the code of each caller in colors, and a picture', async () => {
    for (const [caller, code] of [
      ['SDK', 'sb.chats.get(id)'],
      ['MCP', '"mcpServers"'],
    ] as const) {
      await page.getByRole('tab', { name: caller }).click();
      await expect(page.getByRole('tabpanel')).toContainText(code);
    }
    await expect.poll(() => page.evaluate(() => CSS.highlights.get('code-string')?.size ?? 0)).not.toBe(0);
    const picture = page.getByRole('img', { name: /^A chat/ });
    await picture.scrollIntoViewIfNeeded();
    await expect
      .poll(() => picture.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth))
      .toBeGreaterThan(300);
  });
  await page.getByRole('link', { name: 'API reference' }).click();
  await page.waitForURL('/docs');
  await expect(page).toHaveTitle(`${PRODUCT.name} reference`);

  await page.getByRole('main').getByRole('link', { name: 'chat.list' }).click();
  await page.waitForURL('/docs/chat/list');
  await expect(page.getByRole('heading', { name: 'List and search your chats' })).toBeVisible();
  await expect(page.getByRole('main').getByText('GET /api/v1/chats')).toBeVisible();
  await page
    .getByText(/^\d+ fields$/)
    .first()
    .click();
  await expect(page.getByText('The model of the answers')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'QUOTA_EXCEEDED' })).toHaveCount(0);
  await page.goto('/docs/chat/send');
  await page.getByRole('main').getByRole('link', { name: 'QUOTA_EXCEEDED' }).click();
  await expect(page.getByRole('heading', { name: 'The daily token quota is used up' })).toBeVisible();
  await page.getByRole('link', { name: 'Token quota' }).click();
  await page.waitForURL('/docs/guides/rest#token-quota');
  expect(foreign).toEqual([]);
});

test('moves nothing while a page loads', async ({ openBrowser }) => {
  for (const width of [390, 1440]) {
    const page = await (await openBrowser(width)).newPage();
    for (const path of ['/docs', '/docs/chat/list', '/docs/errors/NOT_FOUND', '/docs/guides/rest']) {
      await page.goto(path);
      await expect(page.getByRole('button', { name: /Use (dark|light) colors/ })).toBeVisible();
      const shifts = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const observer = new PerformanceObserver((list) => resolve(list.getEntries().length));
            observer.observe({ type: 'layout-shift', buffered: true });
            // The observer says nothing if there is nothing to say.
            setTimeout(resolve, 500, 0);
          }),
      );
      expect([path, width, shifts]).toEqual([path, width, 0]);
    }
  }
});

test('can be used by keyboard: / searches, and [ and ] turn pages', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await page.goto('/docs');
  await page.keyboard.press('/');
  await page.keyboard.type('chat stop');
  const results = page.getByRole('option');
  await expect(results.first()).toContainText('chat.stop');
  await page.keyboard.press('Enter');
  await page.waitForURL('/docs/chat/stop');
  await page.keyboard.press(']');
  await page.waitForURL('/docs/chat/stream');
  await page.keyboard.press('[');
  await page.waitForURL('/docs/chat/stop');

  // The keys belong to a text that is being typed.
  await page.keyboard.press('/');
  await page.keyboard.type('no/[such]');
  await expect(page.getByText('No page has these words.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toBeHidden();
  expect(new URL(page.url()).pathname).toBe('/docs/chat/stop');
});

test('shows the call by the chosen caller, also on the next page', async ({ openBrowser }) => {
  const page = await (await openBrowser(1440)).newPage();
  await page.goto('/docs/chat/list');
  await expect(page.getByText('trpc.chat.list.useQuery')).toBeVisible();
  await page.getByRole('radio', { name: 'React' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('await caller.chat.list(')).toBeVisible();
  await expect(page.getByText('trpc.chat.list.useQuery')).toBeHidden();
  await page.getByRole('radio', { name: 'Python' }).check();
  await expect(page.getByText('urllib.request.urlopen(request)')).toBeVisible();
  await page.goto('/docs/chat/get');
  await expect(page.getByText('urllib.request.urlopen(request)')).toBeVisible();
});

test('keeps the colors that a reader has chosen, also in the app', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await page.goto('/docs');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Use dark colors' }).click();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.goto('/docs/errors/NOT_FOUND');
  expect(await background()).toBe(dark);
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('fits a narrow screen, where a menu shows the pages', async ({ openBrowser }) => {
  const page = await (await openBrowser(390)).newPage();
  for (const path of [
    '/docs',
    '/docs/chat/send',
    '/docs/chat/stream',
    '/docs/errors',
    '/docs/guides/benchmarks',
  ]) {
    await page.goto(path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await expect(pages).toBeHidden();
  await page.getByRole('link', { name: 'Menu' }).click();
  await expect(pages).toBeVisible();
  await pages.getByText('users', { exact: true }).click();
  await pages.getByRole('link', { name: 'me', exact: true }).click();
  await page.waitForURL('/docs/users/me');
});

test('can be read and searched without scripts', async ({ browser, site }) => {
  const context = await browser.newContext({ baseURL: site.server.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/docs/chat/send');
  await expect(page.getByRole('heading', { name: 'Send a message and start an answer' })).toBeVisible();
  await page.getByRole('radio', { name: 'curl' }).check();
  await expect(page.getByText('curl -X POST')).toBeVisible();
  await page.getByRole('searchbox').fill('audit');
  await page.getByRole('searchbox').press('Enter');
  await page.getByRole('main').getByRole('link', { name: 'audit' }).first().click();
  await expect(page.getByRole('main')).toContainText('Who may call it');
  await context.close();
});
