import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { ADMIN, chooseModel, expect, PASSWORD, signIn, signUp, test } from './site.ts';

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('the first account is the admin, who lists, searches, promotes and bans accounts on a page for admins only', async ({
  openBrowser,
}) => {
  const admin = await (await openBrowser()).newPage();
  await admin.goto('/sign-in?next=%2Fadmin');
  await signIn(admin, ADMIN);
  await admin.waitForURL('/admin');
  const user = await (await openBrowser()).newPage();
  const email = await signUp(user);

  expect((await user.request.get('/admin')).status()).toBe(404);
  await admin.getByLabel('Search accounts').fill(email);
  await expect(admin.getByRole('row')).toHaveCount(2);
  const row = admin.getByRole('row', { name: email });
  const choose = async (action: string) => {
    await row.getByRole('button', { name: /Actions for/ }).click();
    await admin.getByRole('menuitem', { name: action }).click();
  };
  const dialog = admin.getByRole('dialog');
  await choose('Delete');
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await admin.keyboard.press('Escape');
  await expect(row.getByRole('button', { name: /Actions for/ })).toBeFocused();
  await choose('Make admin');
  await expect(row.getByText('User')).toBeVisible();
  await dialog.getByRole('button', { name: 'Make admin' }).click();
  await expect(row.getByText('Admin')).toBeVisible();
  await choose('Remove admin role');
  await dialog.getByRole('button', { name: 'Remove role' }).click();
  await expect(row.getByText('User')).toBeVisible();
  // On a phone, nothing is beside the window.
  await admin.setViewportSize({ width: 390, height: 844 });
  await expect(row.getByText('User')).toBeInViewport({ ratio: 1 });
  await expect(row.getByRole('time')).toBeInViewport({ ratio: 1 });
  await expect(row.getByRole('button', { name: /Actions for/ })).toBeInViewport({ ratio: 1 });
  await row.getByRole('button', { name: /Actions for/ }).click();
  await expect(admin.getByRole('menuitem')).toHaveText(['Make admin', 'Ban', 'Delete']);
  await admin.keyboard.press('Escape');
  await choose('Ban');
  await dialog.getByRole('button', { name: 'Ban' }).click();
  await expect(row.getByText('Banned')).toBeVisible();
  await user.reload();
  await user.waitForURL(/\/sign-in/);
});

test('changes the profile, creates and revokes an API key, sets a provider key and downloads all data', async ({
  openBrowser,
  site,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  const account = page.getByRole('button', { name: 'Account of Ada Lovelace' });
  await account.click();
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(account).toBeFocused();
  await account.click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.waitForURL('/settings');

  await test.step('a link leads to each group', async () => {
    const groups = page.getByRole('navigation', { name: 'Settings' });
    await expect(groups.getByRole('link')).toHaveText([
      'General',
      'Chat',
      'Programs',
      'Usage',
      'Security',
      'Data',
    ]);
    await expect(groups.getByRole('link', { name: 'General' })).toHaveAttribute('aria-current', 'location');
    await groups.getByRole('link', { name: 'Programs' }).click();
    await expect(section(page, 'API keys')).toBeInViewport();
    await expect(groups.getByRole('link', { name: 'Programs' })).toHaveAttribute('aria-current', 'location');
    // The last group is lower than a high window.
    await page.setViewportSize({ width: 1280, height: 1400 });
    await groups.getByRole('link', { name: 'Data' }).click();
    await expect(groups.getByRole('link', { name: 'Data' })).toHaveAttribute('aria-current', 'location');
  });

  await test.step('appearance: dark, in which texts and fields have the same colors, and as the system', async () => {
    const root = page.locator('html');
    const scheme = () => root.getAttribute('data-mantine-color-scheme');
    const colors = section(page, 'Appearance').getByRole('radiogroup', { name: 'Colors' });
    const choice = (name: string) => colors.getByText(name, { exact: true });
    await choice('Dark').click();
    await expect.poll(scheme).toBe('dark');
    const styleOf = (locator: Locator, property: string) =>
      locator.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    const button = page.getByRole('button', { name: 'New API key' });
    const heading = page.getByRole('heading', { name: 'Settings', exact: true });
    expect(await styleOf(heading, 'color')).toBe(await styleOf(button, 'color'));
    const field = section(page, 'Profile').getByLabel('Name');
    expect(await styleOf(field, 'background-color')).toBe(await styleOf(button, 'background-color'));
    await page.reload();
    await expect(colors.getByRole('radio', { name: 'Dark' })).toBeChecked();
    await choice('System').click();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(scheme).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(scheme).toBe('dark');
  });

  await test.step('the default model is that of new chats', async () => {
    await chooseModel(page, 'echo');
    const tab = await page.context().newPage();
    await tab.goto('/chat');
    await expect(tab.getByRole('combobox', { name: 'Model' })).toHaveValue(/echo/);
    await tab.close();
  });

  const profile = section(page, 'Profile');
  await profile.getByLabel('Name').fill('Ada King');
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(profile.getByText('Saved.')).toBeVisible();

  const keys = section(page, 'API keys');
  await keys.getByRole('button', { name: 'New API key' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('laptop');
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.getByRole('textbox', { name: 'Your new API key' }).inputValue();
  // The key is shown once, so neither Escape nor a click beside the dialog hides it.
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await expect(page.getByRole('textbox', { name: 'Your new API key' })).toHaveValue(key);
  await page.getByRole('button', { name: 'Done' }).click();
  const me = () =>
    fetch(`${site.server.url}/api/v1/users/me`, { headers: { authorization: `Bearer ${key}` } });
  expect(await (await me()).json()).toMatchObject({ name: 'Ada King' });
  await keys.getByRole('button', { name: 'Revoke laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(keys.getByText('You have no API keys.')).toBeVisible();
  expect((await me()).status).toBe(401);

  const providers = section(page, 'Model provider keys');
  await providers.getByRole('button', { name: 'Add key for OpenAI', exact: true }).click();
  await providers.getByLabel('Key for OpenAI', { exact: true }).fill('sk-test-1234567890');
  await providers.getByRole('button', { name: 'Save' }).click();
  await expect(providers.getByText('Your key ends with 7890')).toBeVisible();
  await providers.getByRole('button', { name: 'Remove key for OpenAI', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(providers.getByText('Your key ends with 7890')).toBeVisible();
  await providers.getByRole('button', { name: 'Remove key for OpenAI', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(providers.getByText('Your key ends with 7890')).toHaveCount(0);

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download data' }).click();
  const exported = await readFile(await (await download).path(), 'utf8');
  expect(JSON.parse(exported)).toMatchObject({ user: { name: 'Ada King' }, chats: [] });
  expect(exported).not.toContain('sk-test');
});

test('revokes another session, changes the password and deletes the account with the new one', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  const email = await signUp(page);
  const other = await (await openBrowser()).newPage();
  const enter = async (password: string) => {
    await other.goto('/sign-in?next=%2Fsettings');
    await signIn(other, email, password);
    await other.waitForURL('/settings');
  };
  await enter(PASSWORD);

  await page.goto('/settings');
  const sessions = section(page, 'Active sessions');
  await sessions.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(sessions.getByRole('button', { name: 'Sign out' })).toHaveCount(0);
  await other.reload();
  await other.waitForURL(/\/sign-in/);

  const password = section(page, 'Password');
  await password.getByLabel('Current password').fill(PASSWORD);
  await password.getByLabel('New password').fill('a new password');
  await password.getByRole('button', { name: 'Change password' }).click();
  await expect(password.getByText('Password changed.')).toBeVisible();
  await enter('a new password');

  await other.getByRole('button', { name: 'Delete account' }).click();
  await other.getByLabel('Your password').fill('a new password');
  await other.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click();
  await other.waitForURL('/');
  await page.reload();
  await page.waitForURL(/\/sign-in/);
});

test('asks a guest for confirmation before signing out', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await page.waitForURL('/chat');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByText('After signing out, you cannot open your guest chats again.')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('/');
  await expect(page.getByRole('button', { name: 'Start chatting' })).toBeVisible();
});
