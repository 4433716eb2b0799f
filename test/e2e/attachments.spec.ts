import type { Page } from '@playwright/test';
import { signUp } from '../client.ts';
import { pdf, png } from '../files.ts';
import { composerOn, openAs, queuedOn, test } from './scripted-site.ts';
import { expect } from './site.ts';

/** Pastes or drops a text file. */
const give = (page: Page, kind: 'paste' | 'drop', name: string) =>
  composerOn(page).evaluate(
    (input, [event, filename]) => {
      const data = new DataTransfer();
      data.items.add(new File(['The code is 4712.'], filename ?? '', { type: 'text/plain' }));
      const options = { bubbles: true, cancelable: true };
      input.dispatchEvent(
        event === 'paste'
          ? new ClipboardEvent('paste', { ...options, clipboardData: data })
          : new DragEvent('drop', { ...options, dataTransfer: data }),
      );
    },
    [kind, name],
  );

test('a PDF and an image are attached, reach the model, and are there after a reload', async ({
  site,
  openBrowser,
}) => {
  const page = await openAs(await signUp(site.server.url), openBrowser(390, { expected: /400/ }));
  const attached = page.getByRole('list', { name: 'Attached files' });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (
    await chooser
  ).setFiles([
    { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: pdf('Invoice 4711') },
    { name: 'drawing.png', mimeType: 'image/png', buffer: png() },
    { name: 'unwanted.txt', mimeType: 'text/plain', buffer: Buffer.from('unwanted') },
    { name: 'program.exe', mimeType: 'image/png', buffer: Buffer.of(0x4d, 0x5a, 0, 0xff) },
  ]);
  await expect(attached.getByRole('listitem')).toHaveCount(4);
  await expect(attached.getByRole('alert')).toHaveText(
    'The file must be a PNG, JPEG, GIF or WebP image, a PDF, or text in UTF-8',
  );
  await page.getByRole('button', { name: 'Remove program.exe' }).click();
  await page.getByRole('button', { name: 'Remove unwanted.txt' }).click();
  await composerOn(page).fill('What is this?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();

  const exchange = await site.provider.next();
  const sent = JSON.stringify(exchange.messages.at(-1));
  expect(sent).toContain('Invoice 4711');
  expect(sent).toContain(png().toString('base64'));
  expect(sent).not.toContain('unwanted');
  await exchange.say('Invoice 4711 and a drawing.');
  exchange.finish();
  const answer = page.getByTestId('answer');
  await expect(answer).toContainText('Invoice 4711 and a drawing.');
  await expect(attached).toHaveCount(0);

  await page.reload();
  await expect(answer).toContainText('Invoice 4711 and a drawing.');
  const files = page.getByRole('list', { name: 'Files' });
  const picture = files.getByRole('img', { name: 'drawing.png' });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8);
  const download = page.waitForEvent('download');
  await files.getByRole('link', { name: 'invoice.pdf' }).click();
  expect((await download).suggestedFilename()).toBe('invoice.pdf');
});

test('a file can be pasted or dropped, retried and queued, and a long text becomes a file', async ({
  site,
  openBrowser,
}) => {
  const page = await openAs(await signUp(site.server.url), openBrowser());
  const attached = page.getByRole('list', { name: 'Attached files' });
  await give(page, 'paste', 'pasted-notes.md');
  await give(page, 'drop', 'dropped-notes.md');
  await expect(attached.getByRole('listitem')).toHaveText(['pasted-notes.md', 'dropped-notes.md']);

  const long = 'word '.repeat(2000).trim();
  await composerOn(page).evaluate((input: HTMLTextAreaElement, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    input.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData: data }));
  }, long);
  await composerOn(page).fill(long);
  await page.getByRole('button', { name: 'Attach it as a file' }).click();
  await expect(composerOn(page)).toHaveValue('');
  await expect(attached.getByRole('listitem')).toHaveCount(3);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const exchange = await site.provider.next();
  expect(JSON.stringify(exchange.messages.at(-1))).toContain('The code is 4712.');
  await exchange.say('Read.');
  await expect(page.getByTestId('answer')).toContainText('Read.');

  // While the answer is in progress, and without a network at first.
  await page.context().setOffline(true);
  await give(page, 'paste', 'late-notes.md');
  await expect(attached.getByRole('alert')).toHaveText('The connection was lost.');
  await page.context().setOffline(false);
  await attached.getByRole('button', { name: 'Retry' }).click();
  await expect(attached.getByRole('alert')).toHaveCount(0);
  await expect(attached.getByRole('progressbar')).toHaveCount(0);
  await page.getByRole('button', { name: 'Send after this answer' }).click();
  await expect(queuedOn(page).getByRole('listitem')).toHaveText(['late-notes.md']);
  exchange.finish();
  const next = await site.provider.next();
  expect(JSON.stringify(next.messages.at(-1))).toContain('The code is 4712.');
  await next.say('Read too.');
  next.finish();
  await expect(page.getByTestId('answer').last()).toContainText('Read too.');
});

test('files in the composer survive a reload, and one that was not uploaded stays there when the others are sent', async ({
  site,
  openBrowser,
}) => {
  const page = await openAs(await signUp(site.server.url), openBrowser());
  const attached = page.getByRole('list', { name: 'Attached files' });
  await give(page, 'paste', 'kept-notes.md');
  await give(page, 'paste', 'removed-notes.md');
  await expect(attached.getByRole('listitem')).toHaveCount(2);
  await expect(attached.getByRole('progressbar')).toHaveCount(0);
  await page.reload();
  await expect(attached.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Remove removed-notes.md' }).click();
  await page.reload();
  await expect(attached.getByRole('listitem')).toHaveText(['kept-notes.md']);

  await page.context().setOffline(true);
  await give(page, 'paste', 'late-notes.md');
  await expect(attached.getByRole('alert')).toHaveText('The connection was lost.');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const exchange = await site.provider.next();
  const sent = JSON.stringify(exchange.messages.at(-1));
  expect(sent).toContain('kept-notes.md');
  expect(sent).not.toMatch(/removed-notes|late-notes/);
  await exchange.say('Read.');
  exchange.finish();
  await expect(page.getByTestId('answer')).toContainText('Read.');
  await expect(attached.getByRole('listitem')).toHaveCount(1);
  await attached.getByRole('button', { name: 'Retry' }).click();
  await expect(attached.getByRole('alert')).toHaveCount(0);
  // A file that is still being uploaded does not survive.
  await expect(attached.getByRole('progressbar')).toHaveCount(0);
  await page.reload();
  await expect(attached.getByRole('listitem')).toHaveText(['late-notes.md']);
});
