import { exchange } from '../conversations.ts';
import { expect, shareChat, showAnswer, signUp, test } from './site.ts';

test('lists the links of shared chats in the settings, and ends one', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await showAnswer(page, 'A question for readers');
  const { link } = await shareChat(page);

  await page.goto('/settings');
  const links = page.getByRole('region', { name: 'Shared links' });
  await expect(links).toContainText('2 messages, shared');
  await links.getByRole('link', { name: /^Open the link to/ }).click();
  await page.waitForURL(link);
  await expect(page.getByRole('article')).toHaveCount(2);
  await page.goBack();
  await links.getByRole('button', { name: /^Stop sharing/ }).click();
  const question = page.getByRole('dialog', { name: 'Stop sharing this chat?' });
  await question.getByRole('button', { name: 'Stop sharing' }).click();
  await expect(links).toContainText('You have not shared a chat.');
  const reader = await (await openBrowser(390, { expected: /404/ })).newPage();
  expect((await reader.goto(link))?.status()).toBe(404);
});

test('imports chats of a file, names those that failed, and shows them after a reload', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await page.goto('/settings');
  const section = page.getByRole('region', { name: 'Import chats' });
  const choose = (content: string) =>
    section.locator('input[type=file]').setInputFiles({
      name: 'conversations.json',
      mimeType: 'application/json',
      buffer: Buffer.from(content),
    });

  await choose('{"no":"chats"}');
  await expect(section.getByRole('alert')).toContainText('This file has no chats.');

  const chats = [exchange('Lofoten'), { title: 'Broken chat' }, exchange('Faroe')];
  await choose(JSON.stringify(chats));
  const state = section.getByRole('status');
  await expect(state).toHaveText('Last import: 2 chats imported, 1 failed.');
  await expect(section.getByRole('listitem')).toContainText('2. Broken chat: Its field mapping is required.');
  await page.reload();
  await expect(state).toHaveText('Last import: 2 chats imported, 1 failed.');
  await expect(section.getByRole('listitem')).toHaveCount(1);

  await choose(JSON.stringify(chats));
  await expect(state).toHaveText(
    'Last import: 0 chats imported, 2 skipped, because you have them, 1 failed.',
  );

  await page.goto('/chat');
  await page.getByRole('link', { name: 'Chat Lofoten' }).click();
  await expect(page.getByText('Answer Lofoten')).toBeVisible();
});
