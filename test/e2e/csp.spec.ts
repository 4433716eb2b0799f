import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { z } from 'zod';
import {
  ADMIN,
  answerOn,
  ask,
  chooseModel,
  expect,
  signIn,
  signUp,
  test,
  watchPolicy,
  untilComplete,
} from './site.ts';
import { PRODUCT } from '../../src/contract/product.ts';

const APP = join(import.meta.dirname, '../../app');

/** The routes of every page, such as `/chat/[id]`, so that a new page is visited too. */
const ROUTES = globSync('**/page.tsx', { cwd: APP }).map(
  (file) => `/${file.replace(/(\(\w+\)\/)|\/?page\.tsx$/g, '')}`,
);

/** Pages without a file: the reference of the layer, an unknown path, the global error page, and a page that the server writes itself. */
const OTHERS = ['/docs', '/no-such-page', '/_global-error', '/_next/no-such-file'];

/** Visitors: how each enters the site, and a colour scheme. */
const VISITORS: Record<string, { scheme: 'light' | 'dark'; enter: (page: Page) => Promise<unknown> }> = {
  stranger: { scheme: 'light', enter: async () => undefined },
  guest: {
    scheme: 'dark',
    async enter(page) {
      await page.goto('/');
      await page.getByRole('button', { name: 'Start chatting' }).click();
      await page.waitForURL('/chat');
    },
  },
  member: { scheme: 'light', enter: signUp },
  admin: {
    scheme: 'dark',
    async enter(page) {
      await page.goto('/sign-in');
      await signIn(page, ADMIN);
      await page.waitForURL('/chat');
    },
  },
};

const MARKDOWN = `# Heading

| a | b |
|---|---|
| 1 | \`2\` |

\`\`\`ts
const a: number = 1;
\`\`\`

- [ ] $x^2$ and <b style="color:red">HTML</b> ![picture](https://example.com/picture.png)`;

/** Goes to a page and waits until its scripts have run. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path, { waitUntil: 'networkidle' });
}

async function createChat(context: BrowserContext): Promise<string> {
  const response = await context.request.post('/api/v1/chats', { data: { title: 'A chat' } });
  return response.ok() ? z.object({ id: z.string() }).parse(await response.json()).id : 'no-such-chat';
}

test('finds all pages of the app', () => {
  expect(ROUTES).toEqual(expect.arrayContaining(['/', '/chat', '/chat/[id]', '/sign-in']));
});

test.describe('no page violates its Content-Security-Policy', () => {
  for (const [visitor, { scheme, enter }] of Object.entries(VISITORS)) {
    test(`for a ${visitor}`, async ({ browser, site }) => {
      const context = await browser.newContext({ baseURL: site.server.url, colorScheme: scheme });
      const violations: string[] = [];
      await watchPolicy(context, violations);
      context.on('weberror', (error) => violations.push(error.error().message));
      const page = await context.newPage();
      await enter(page);
      const id = await createChat(context);
      for (const path of [...ROUTES, ...OTHERS]) await visit(page, path.replace('[id]', id));
      await context.close();
      expect(violations).toEqual([]);
    });
  }
});

test('using the pages does not violate the policy either', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'echo');
  await ask(page, MARKDOWN);
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
  await expect(answerOn(page).getByRole('table')).toBeVisible();
  await page.getByRole('button', { name: 'Use dark colors' }).first().click();

  // Without a page load, so under the policy of the first page: styles of components, dialogs, another layout.
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.waitForURL('/settings');
  await page.getByRole('button', { name: 'New API key' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.goBack();
  await expect(answerOn(page)).toBeVisible();
  await page.goForward();
  await page.waitForURL('/settings');
  await page.reload();
  await page.getByRole('link', { name: `${PRODUCT.name}, home` }).click();
  await page.waitForURL('/');
  await expect(page.getByRole('heading', { name: 'Written once' })).toBeVisible();
});

test('the page for an unknown path links to the home page', async ({ browser, site }) => {
  const context = await browser.newContext({ baseURL: site.server.url });
  const violations: string[] = [];
  await watchPolicy(context, violations);
  const page = await context.newPage();
  await visit(page, '/no-such-page');
  await expect(page.getByRole('banner')).toHaveCount(0);
  await page.getByRole('link', { name: 'Home' }).click();
  await page.waitForURL('/');
  await expect(page.getByRole('heading', { name: 'Written once' })).toBeVisible();
  await context.close();
  expect(violations).toEqual([]);
});

test('injected scripts, styles and pictures are blocked and reported', async ({ browser, site }) => {
  const context = await browser.newContext({ baseURL: site.server.url });
  const violations: string[] = [];
  await watchPolicy(context, violations);
  const page = await context.newPage();
  const foreign: string[] = [];
  await page.route('https://evil.example/**', async (route) => {
    foreign.push(route.request().url());
    await route.abort();
  });
  const injected = `<script>document.title = 'hacked'</script><img src="x" onerror="document.title = 'hacked'">
<script src="https://evil.example/a.js"></script><img src="https://evil.example/a.png"><base href="https://evil.example/">
<style>body { display: none }</style><iframe srcdoc="x"></iframe>`;
  for (const path of ['/', '/docs', '/sign-in', '/no-such-page', '/_global-error', '/_next/no-such-file']) {
    violations.length = 0;
    await page.route(`${site.server.url}${path}`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('</body>', `${injected}</body>`);
      await route.fulfill({ response, body });
    });
    await visit(page, path);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = "document.title = 'hacked'";
      document.body.append(script);
    });
    expect(await page.title()).not.toBe('hacked');
    expect(await page.evaluate(() => getComputedStyle(document.body).display)).toBe('block');
    for (const directive of [
      'script-src-elem inline',
      'script-src-attr',
      'style-src-elem',
      'base-uri',
      'img-src',
    ]) {
      expect(violations.filter((text) => text.includes(` ${directive}`))).not.toEqual([]);
    }
  }
  expect(foreign).toEqual([]);
});
