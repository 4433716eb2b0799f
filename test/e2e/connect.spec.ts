import type { Page } from '@playwright/test';
import { connectMcp } from '../mcp-client.ts';
import { authorizationRequest, codeIn, exchange, REDIRECT, registerItself } from '../oauth-client.ts';
import { expect, PASSWORD, test } from './site.ts';

/** Presses a button that leads back to the program. @returns the URL that the program gets. */
async function leave(page: Page, button: string): Promise<URL> {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL(`${REDIRECT}?*`);
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

test('a request of an unknown program is explained', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await page.goto('/connect?error=invalid_client');
  await expect(page.getByRole('heading', { name: 'This program cannot be connected' })).toBeVisible();
});
