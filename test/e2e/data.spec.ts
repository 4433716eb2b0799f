import { ask, chooseModel, expect, signUp, test, untilComplete } from './site.ts';

test('lists the links of shared chats in the settings, and ends one', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'echo');
  await ask(page, 'A question for readers');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this chat' });
  await dialog.getByRole('button', { name: 'Create link' }).click();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();

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
