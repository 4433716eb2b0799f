import { signIn as signInDevice, signUp } from '../client.ts';
import {
  begun,
  composerOn,
  expectQuestions,
  openAs,
  questionOf,
  test,
  unsentOn,
  withChat,
} from './scripted-site.ts';
import { answerOn, ask, expect, signIn, untilComplete } from './site.ts';

test('keeps a draft for each chat, over pages, reloads and a session that ended elsewhere, until signing out', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(1280, { expected: /status of 401/ }), path);
  const list = page.getByRole('navigation', { name: 'Chats' });
  const composer = composerOn(page);
  const typed = page.getByLabel('Message', { exact: true });
  await expect(composer).toBeFocused();
  await composer.pressSequentially('In the old chat');
  await page.getByRole('link', { name: 'New chat' }).click();
  await page.waitForURL('/chat');
  await expect(composer).toHaveValue('');
  await composer.pressSequentially('In a new chat');
  await page.reload();
  await expect(typed).toHaveValue('In a new chat');
  await list.getByRole('link', { name: 'The first chat' }).click();
  await page.waitForURL(path);
  await expect(typed).toHaveValue('In the old chat');

  // Another tab of this browser stays in step.
  const tab = await page.context().newPage();
  await tab.goto(path);
  await expect(composerOn(tab)).toHaveValue('In the old chat');
  await composerOn(tab).fill('From the other tab');
  await expect(composer).toHaveValue('From the other tab');
  await tab.close();

  // Another device ends the session.
  const device = await signInDevice(site.server.url, account);
  const { items } = await device.rpc.protected.sessions.list.query({});
  for (const { id, current } of items)
    if (!current) await device.rpc.protected.sessions.revoke.mutate({ id });
  await ask(page, 'Is this lost?');
  // Several calls fail, and each of them starts the navigation again.
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await signIn(page, account.email, account.password);
  await page.waitForURL(path);
  await expect(unsentOn(page)).toContainText('Not sent.');
  await expectQuestions(page, 'Is this lost?', 1);
  await composer.fill('Nor this');
  await unsentOn(page).getByRole('button', { name: 'Retry' }).click();
  const answer = await begun(site, 'Nothing is.');
  expect(questionOf(answer)).toBe('Is this lost?');
  answer.finish();
  await untilComplete(page);
  await expect(composer).toHaveValue('Nor this');

  // An explicit sign-out deletes the texts of the account.
  const texts = () =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':drafts:')).length);
  await expect.poll(texts).toBe(2);
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('/');
  expect(await texts()).toBe(0);
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(page, account.email, account.password);
  await page.waitForURL(path);
  await expect(answerOn(page)).toContainText('Nothing is.');
  await expect(composer).toHaveValue('');
});

test('gives the drafts of a guest to the account that the guest signs up for', async ({ openBrowser }) => {
  const page = await (await openBrowser(390)).newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await page.waitForURL('/chat');
  await composerOn(page).fill('As a guest');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill('former-guest@example.com');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.waitForURL('/chat');
  await expect(composerOn(page)).toHaveValue('As a guest');
});

test('cuts nothing of a long text, keeps it, and sends it as soon as it fits', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(), path);
  const composer = composerOn(page);
  const long = 'A line of a long text.\n'.repeat(9_000).trim();
  await expect(composer).toBeFocused();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const paste = async (text: string) => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await composer.press('ControlOrMeta+v');
  };
  await paste(long);
  await expect(composer).toHaveValue(long);
  await expect(page.getByText('206,999 characters. Remove 106,999 to send the message.')).toBeVisible();
  await composer.press('Enter');
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await page.reload();
  await expect(composer).toHaveValue(long);
  const short = long.slice(0, 100_000);
  await composer.press('ControlOrMeta+a');
  await paste(short);
  await page.getByRole('button', { name: 'Send' }).click();
  const answer = await begun(site, 'Read.');
  expect(questionOf(answer)).toBe(short.trim());
  answer.finish();
  await untilComplete(page);

  // The storage of the browser is full: the page still keeps what is typed.
  await page.evaluate(() => {
    for (let size = 4_000_000; size > 0; size = Math.floor(size / 2)) {
      try {
        for (let index = 0; ; index++) localStorage.setItem(`${size}-${index}`, 'x'.repeat(size));
      } catch {
        // The next item is smaller.
      }
    }
  });
  await composer.fill('On a full disk');
  await page.getByRole('link', { name: 'New chat' }).click();
  await page.waitForURL('/chat');
  await page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: 'The first chat' }).click();
  await expect(composer).toHaveValue('On a full disk');
});

test('leaves Enter to input methods and to touch keyboards', async ({ openBrowser, site }) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser());
  const composer = composerOn(page);
  await expect(composer).toHaveAttribute('enterkeyhint', 'send');
  const browser = await page.context().newCDPSession(page);
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
  await browser.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await browser.send('Input.insertText', { text: '日本' });
  // Safari sends this key after the composition has ended.
  await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
  await expect(composer).toHaveValue('日本');
  await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
  await composer.press('Enter');
  const answer = await begun(site, 'こんにちは');
  expect(questionOf(answer)).toBe('日本');
  answer.finish();

  const phone = await openAs(account, openBrowser(390, { hasTouch: true, isMobile: true }));
  await expect(composerOn(phone)).toHaveAttribute('enterkeyhint', 'enter');
  await composerOn(phone).pressSequentially('First line');
  await composerOn(phone).press('Enter');
  await composerOn(phone).pressSequentially('Second line');
  await expect(composerOn(phone)).toHaveValue('First line\nSecond line');
  await phone.getByRole('button', { name: 'Send' }).click();
  const lines = await begun(site, 'Two.');
  expect(questionOf(lines)).toBe('First line\nSecond line');
  lines.finish();
});
