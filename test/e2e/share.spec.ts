import { readFile } from 'node:fs/promises';
import { png } from '../files.ts';
import { ask, chooseModel, expect, shareChat, showAnswer, signUp, test, untilComplete } from './site.ts';

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

test('shares the files of a chat only if that is ticked', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'echo');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (
    await chooser
  ).setFiles([
    { name: 'invoice.txt', mimeType: 'text/plain', buffer: Buffer.from('Invoice 4711') },
    { name: 'drawing.png', mimeType: 'image/png', buffer: png() },
  ]);
  await expect(page.getByRole('list', { name: 'Attached files' }).getByRole('progressbar')).toHaveCount(0);
  await ask(page, 'What is it?');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);

  const { dialog, link } = await shareChat(page);
  const reader = await (await openBrowser(390, { expected: /404/ })).newPage();
  await reader.goto(link);
  await expect(reader.getByText('2 attached files are not shared.')).toBeVisible();
  await expect(reader.getByText('drawing.png')).toHaveCount(0);

  const box = dialog.getByRole('checkbox', { name: 'Include the attached files' });
  await expect(box).not.toBeChecked();
  await box.check();
  await expect(dialog).toContainText('Update the link to apply this.');
  await dialog.getByRole('button', { name: 'Update link' }).click();
  await expect(dialog.getByRole('status')).toContainText('It includes 2 files.');
  await reader.reload();
  const files = reader.getByRole('list', { name: 'Files' });
  const picture = files.getByRole('img', { name: 'drawing.png' });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8);
  const download = reader.waitForEvent('download');
  await files.getByRole('link', { name: 'invoice.txt' }).click();
  expect(await readFile(await (await download).path(), 'utf8')).toBe('Invoice 4711');

  await box.uncheck();
  await dialog.getByRole('button', { name: 'Update link' }).click();
  await expect(dialog.getByRole('status')).not.toContainText('It includes');
  const address = (await picture.getAttribute('src')) ?? '';
  expect((await reader.request.get(address)).status()).toBe(404);
});
