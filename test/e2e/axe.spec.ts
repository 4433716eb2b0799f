import type { Page } from '@playwright/test';
import { z } from 'zod';
import { violationsOn } from './axe.ts';
import { ADMIN, ask, expect, signIn, test, untilComplete } from './site.ts';

/** Returns true if the main part of a page has no background of its own, so that all pages have the same. */
function hasBackgroundOfBody(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    let element = document.querySelector('main');
    const isTransparent = () =>
      element !== null && getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)';
    while (element !== document.body && isTransparent()) element = element?.parentElement ?? null;
    return element === document.body;
  });
}

/**
 * Opens a page in both color schemes.
 * @param prepare changes the page before it is examined.
 * @returns its elements that are not accessible, with the rule that each violates.
 */
async function violationsAt(page: Page, path: string, prepare = () => Promise.resolve()): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(path);
    await prepare();
    const violations = await violationsOn(page);
    found.push(...violations.map((violation) => `${path}, ${colorScheme}, ${violation}`));
    if (!(await hasBackgroundOfBody(page))) found.push(`${path}, ${colorScheme}, another background`);
  }
  return found;
}

test('axe finds nothing on any page, in either color scheme', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  const found: string[] = [];
  for (const path of ['/', '/sign-in', '/sign-up', '/docs', '/docs/chat/list', '/docs/guides/rest']) {
    found.push(...(await violationsAt(page, path)));
  }
  const openForm = async () => {
    await page.getByRole('button', { name: 'Try it' }).click();
    await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
  };
  found.push(...(await violationsAt(page, '/docs/chat/send', openForm)));

  await page.goto('/sign-in?next=%2Fchat');
  await signIn(page, ADMIN);
  await page.waitForURL('/chat');
  await ask(page, 'How do I add a procedure?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
  const { pathname } = new URL(page.url());
  for (const title of ['Fjords', 'Trains']) await page.request.post('/api/v1/chats', { data: { title } });
  const shared = await page.request.put(`/api/v1${pathname.replace('chat', 'chats')}/share`);
  const { path: sharedPath } = z.object({ path: z.string() }).parse(await shared.json());
  for (const path of [pathname, sharedPath, '/chat', '/settings'])
    found.push(...(await violationsAt(page, path)));
  const listed = () => expect(page.getByRole('row').nth(1)).toBeVisible();
  const project = await page.request.post('/api/v1/projects', { data: { name: 'Norway' } });
  const { id: projectId } = z.object({ id: z.string() }).parse(await project.json());
  found.push(...(await violationsAt(page, `/projects/${projectId}`)));
  found.push(...(await violationsAt(page, '/admin', listed)));
  expect(found).toEqual([]);
});
