import { runAdmin } from '../admin.ts';
import { begun, composerOn, expectQuestions, openAs, test, unsentOn, withChat } from './scripted-site.ts';
import { answerOn, ask, expect, untilComplete } from './site.ts';

const BANNER = 'The server is in maintenance. You can read everything, changes are possible again later.';
const GERMAN = 'Der Server wird gewartet. Lesen geht, Änderungen sind später wieder möglich.';

test('says that the server is in maintenance, and keeps a question until it can be sent', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(1280, { expected: /status of 503/ }), path);
  await expect(answerOn(page)).toContainText('The first answer.');
  await expect(page.getByText(BANNER)).toHaveCount(0);

  const { settings } = site.server;
  try {
    expect((await runAdmin(settings, 'maintenance', 'on')).code).toBe(0);
    await ask(page, 'Is it still there?');
    await expect(unsentOn(page)).toContainText('Not sent. The server is in maintenance.');
    await expect(page.getByText(BANNER)).toBeVisible();
    await page.reload();
    await expect(page.getByText(BANNER)).toBeVisible();
    await expect(answerOn(page)).toContainText('The first answer.');
    await expect(unsentOn(page)).toBeVisible();
    await expectQuestions(page, 'Is it still there?', 1);
    const german = await openAs(account, openBrowser(390, { locale: 'de' }), path);
    await expect(german.getByText(GERMAN)).toBeVisible();
  } finally {
    expect((await runAdmin(settings, 'maintenance', 'off')).code).toBe(0);
  }
  await expect(page.getByText(BANNER)).toHaveCount(0);
  await unsentOn(page).getByRole('button', { name: 'Retry' }).click();
  const exchange = await begun(site, 'The second answer');
  exchange.finish();
  await untilComplete(page);
  await expect(answerOn(page)).toContainText('The second answer');
  await expect(composerOn(page)).toHaveValue('');
});
