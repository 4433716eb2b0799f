import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { ADMIN, expect, PASSWORD, signIn, signUp, test } from './site.ts';

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('the first account is the admin: lists, finds, promotes and bans others, who do not see the page', async ({
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
    await row.getByRole('button', { name: /What to do with/ }).click();
    await admin.getByRole('menuitem', { name: action }).click();
  };
  await choose('Make an admin');
  await expect(row.getByText('Admin')).toBeVisible();
  await choose('Make an ordinary user');
  await expect(row.getByText('User')).toBeVisible();
  await choose('Ban');
  await admin.getByRole('dialog').getByRole('button', { name: 'Ban' }).click();
  await expect(row.getByText('Banned')).toBeVisible();
  await user.reload();
  await user.waitForURL(/\/sign-in/);
});

test('changes the profile, makes and revokes an API key, stores a provider key, takes everything along', async ({
  openBrowser,
  site,
}) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.waitForURL('/settings');

  const profile = section(page, 'Profile');
  await profile.getByLabel('Name').fill('Ada King');
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(profile.getByText('Saved.')).toBeVisible();

  const keys = section(page, 'API keys');
  await keys.getByRole('button', { name: 'New API key' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('laptop');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.getByLabel('Your new API key').inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  const whoAmI = () =>
    fetch(`${site.server.url}/api/v1/users/me`, { headers: { authorization: `Bearer ${key}` } });
  expect(await (await whoAmI()).json()).toMatchObject({ name: 'Ada King' });
  await keys.getByRole('button', { name: 'Revoke laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(keys.getByText('You have no API keys.')).toBeVisible();
  expect((await whoAmI()).status).toBe(401);

  const providers = section(page, 'Model provider keys');
  await providers.getByRole('button', { name: 'Set the key for OpenAI', exact: true }).click();
  await providers.getByLabel('Key for OpenAI', { exact: true }).fill('sk-test-1234567890');
  await providers.getByRole('button', { name: 'Save' }).click();
  await expect(providers.getByText('Your key ends with 7890')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download everything' }).click();
  const everything = await readFile(await (await download).path(), 'utf8');
  expect(JSON.parse(everything)).toMatchObject({ user: { name: 'Ada King' }, chats: [] });
  expect(everything).not.toContain('sk-test');
});

test('signs out another place, changes the password, and deletes the account with it', async ({
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
  const places = section(page, 'Where you are signed in');
  await places.getByRole('button', { name: 'Sign out' }).click();
  await expect(places.getByRole('button', { name: 'Sign out' })).toHaveCount(0);
  await other.reload();
  await other.waitForURL(/\/sign-in/);

  const password = section(page, 'Password');
  await password.getByLabel('Current password').fill(PASSWORD);
  await password.getByLabel('New password').fill('a new password');
  await password.getByRole('button', { name: 'Change password' }).click();
  await expect(password.getByText('Your password was changed.')).toBeVisible();
  await enter('a new password');

  await other.getByRole('button', { name: 'Delete the account' }).click();
  await other.getByLabel('Your password').fill('a new password');
  await other.getByRole('button', { name: 'Delete everything' }).click();
  await other.waitForURL('/');
  await page.reload();
  await page.waitForURL(/\/sign-in/);
});
