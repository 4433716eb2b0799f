import { readFile } from 'node:fs/promises';
import { expect, shareChat, showAnswer, signUp, test } from './site.ts';

test('shares a chat by a link that anyone can read until it is revoked, and downloads it', async ({
  openBrowser,
  site,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await showAnswer(page, 'A **bold** question');

  const { dialog, link } = await shareChat(page);
  expect(link).toMatch(new RegExp(`^${site.server.url}/share/[\\w-]{32}$`));
  await expect(dialog.getByRole('status')).toContainText('2 messages');

  const reader = await (await openBrowser(390, { expected: /404/ })).newPage();
  const response = await reader.goto(link);
  expect(response?.headers()).toMatchObject({
    'x-robots-tag': 'noindex, nofollow',
    'referrer-policy': 'no-referrer',
  });
  expect(response?.headers()['cache-control']).toContain('no-store');
  expect(response?.headers()).not.toHaveProperty('set-cookie');
  await expect(reader.getByRole('article')).toHaveCount(2);
  await expect(reader.getByTestId('answer').getByRole('strong')).toHaveText('bold');

  await dialog.getByRole('button', { name: 'Stop sharing' }).click();
  const question = page.getByRole('dialog', { name: 'Stop sharing this chat?' });
  await question.getByRole('button', { name: 'Stop sharing' }).click();
  await expect(dialog.getByRole('button', { name: 'Create link' })).toBeVisible();
  await page.keyboard.press('Escape');
  const downloaded = async (item: string) => {
    await page.getByRole('button', { name: /^Actions for/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    return readFile(await download.path(), 'utf8');
  };
  expect(await downloaded('Download Markdown')).toContain('## User\n\nA **bold** question\n');
  expect(JSON.parse(await downloaded('Download JSON'))).toMatchObject({ messages: [{}, {}] });
  expect((await reader.reload())?.status()).toBe(404);
  await expect(reader.getByRole('heading', { name: 'This chat is not shared' })).toBeVisible();
});
