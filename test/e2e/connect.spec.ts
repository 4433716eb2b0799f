import type { Page } from '@playwright/test';
import { connectMcp } from '../mcp-client.ts';
import { authorizationRequest, codeIn, exchange, REDIRECT, registerItself } from '../oauth-client.ts';
import { expect, PASSWORD, signUp, test } from './site.ts';

/** Presses a button that leads back to the program. @returns the URL that the program gets. */
async function leave(page: Page, button: string): Promise<URL> {
  // On a busy machine, the button may be shown before the page listens to it.
  await expect(async () => {
    const isThere = page.url().startsWith(REDIRECT);
    if (!isThere) await page.getByRole('button', { name: button, exact: true }).click({ timeout: 5000 });
    await page.waitForURL(`${REDIRECT}?*`, { timeout: 15_000 });
  }).toPass();
  return new URL(page.url());
}

test('a program asks for access, gets less than it asked for, then more, and is disconnected', async ({
  openBrowser,
  site,
}) => {
  const { url } = site.server;
  const context = await openBrowser(390);
  await context.route(`${REDIRECT}**`, (route) => route.fulfill({ body: 'You can close this page.' }));
  const page = await context.newPage();
  const clientId = await registerItself(url);
  const first = authorizationRequest(clientId, { scope: 'read write' });

  await page.goto(first.path);
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill('connecting@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('heading', { name: 'Connect Test client?' })).toBeVisible();
  await expect(page.getByText('The name is not verified')).toBeVisible();
  await expect(page.getByText('127.0.0.1:33418')).toBeVisible();
  await expect(page.getByLabel('Read everything')).toBeChecked();
  await expect(page.getByLabel('Read and change everything')).not.toBeChecked();
  const back = await leave(page, 'Connect');
  expect(back.searchParams.get('state')).toBe('a state');

  const { access_token } = await exchange(url, { clientId, code: codeIn(back), verifier: first.verifier });
  const headers = { authorization: `Bearer ${access_token}` };
  const client = await connectMcp(`${url}/api/mcp`, { headers });
  const names = async () => (await client.listTools()).tools.map(({ name }) => name);
  expect(await names()).toContain('chat_list');
  expect(await names()).not.toContain('chat_create');

  await page.goto(authorizationRequest(clientId, { scope: 'write' }).path);
  expect((await leave(page, 'Cancel')).searchParams.get('error')).toBe('access_denied');
  const second = authorizationRequest(clientId, { scope: 'read write' });
  await page.goto(second.path);
  await page.getByLabel('Read and change everything').check();
  const more = await exchange(url, {
    clientId,
    code: codeIn(await leave(page, 'Connect')),
    verifier: second.verifier,
  });
  expect(more.scope).toBe('read write offline_access');

  await page.goto('/settings');
  const programs = page.getByRole('region', { name: 'Connected programs' });
  await expect(programs.getByText('last used')).toBeVisible();
  await programs.getByRole('button', { name: 'Disconnect Test client' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(programs.getByText('You have not connected a program.')).toBeVisible();
  expect((await fetch(`${url}/api/mcp`, { method: 'POST', headers })).status).toBe(401);
  await expect(page.getByText('Disconnected a program')).toBeVisible();
});

test('a person registers a program, connects it and deletes it', async ({ openBrowser, site }) => {
  const { url } = site.server;
  const context = await openBrowser();
  const page = await context.newPage();
  await signUp(page);
  await page.goto('/settings');
  const programs = page.getByRole('region', { name: 'Registered programs' });
  await expect(programs.getByText('You have not registered a program.')).toBeVisible();
  await programs.getByRole('button', { name: 'Register a program' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('My agent');
  await dialog.getByLabel('Redirect URIs').fill(`${REDIRECT}\njavascript:alert(1)`);
  await dialog.getByRole('button', { name: 'Register' }).click();
  await expect(dialog.getByText('javascript:alert(1) must start with https://')).toBeVisible();
  await dialog.getByLabel('Redirect URIs').fill('cursor://anysphere.cursor-mcp/oauth/callback');
  await dialog.getByLabel('It needs a client secret').check();
  await dialog.getByRole('button', { name: 'Register' }).click();
  const clientId = await dialog.getByRole('textbox', { name: 'Client ID' }).inputValue();
  await expect(dialog.getByRole('textbox', { name: 'Client secret' })).toHaveValue(/^sb_cs_/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(programs.getByText(clientId)).toBeVisible();
  await expect(programs.getByText('with a secret')).toBeVisible();
  await expect(page.getByText('Registered a program')).toBeVisible();

  const redirect_uri = 'cursor://anysphere.cursor-mcp/oauth/callback';
  // In a tab of its own, because Chromium leaves it waiting for the application.
  const tab = await context.newPage();
  await tab.goto(authorizationRequest(clientId, { scope: 'read', redirect_uri }).path);
  await expect(tab.getByRole('heading', { name: 'Connect My agent?' })).toBeVisible();
  await expect(tab.getByText('the application that opens links with cursor:')).toBeVisible();
  const decided = tab.waitForResponse(`${url}/api/auth/oauth2/consent`);
  await tab.getByRole('button', { name: 'Connect', exact: true }).click();
  expect(await (await decided).json()).toMatchObject({ url: expect.stringMatching(/^cursor:\/\/.*code=/) });
  await tab.close();

  await page.reload();
  await expect(page.getByRole('button', { name: 'Disconnect My agent' })).toBeVisible();
  await programs.getByRole('button', { name: 'Delete My agent' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(programs.getByText('You have not registered a program.')).toBeVisible();
  await expect(page.getByText('You have not connected a program.')).toBeVisible();
});

test('a request of an unknown program is explained', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await page.goto('/connect?error=invalid_client');
  await expect(page.getByRole('heading', { name: 'This program cannot be connected' })).toBeVisible();
});
