import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect as playwrightExpect,
  type Page,
  test as base,
} from '@playwright/test';
import { postAuth } from '../client.ts';
import { type ProviderServer, startProviderServer } from '../provider-server.ts';
import { type RunningServer, startServer } from '../server.ts';

/** The models of the site besides the guide. Their names describe their behavior, see test/provider-server.ts. */
const MODELS = ['slow-2400x50', 'error-500', 'echo'];

/** Waits longer than the default, for a busy machine. */
export const expect = playwrightExpect.configure({ timeout: 40_000 });

export const PASSWORD = 'correct horse battery';

/** The email of the first account of the site, which is its admin. */
export const ADMIN = 'admin@example.com';

interface Site {
  /** A new installation with the models of MODELS. */
  server: RunningServer;
  provider: ProviderServer;
}

interface OpenOptions extends BrowserContextOptions {
  /** The errors on the console that the test causes, such as rejected requests. */
  expected?: RegExp;
}

/** Opens a browser context without shared cookies. Other errors and warnings on its pages fail the test. */
export type OpenBrowser = (width?: number, options?: OpenOptions) => Promise<BrowserContext>;

interface Fixtures {
  openBrowser: OpenBrowser;
}

/** Gives a test a function that opens browser contexts on a site. */
export async function withBrowsers(
  browser: Browser,
  baseURL: string,
  use: (openBrowser: OpenBrowser) => Promise<void>,
): Promise<void> {
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];
  await use(async (width = 1280, { expected, ...options } = {}) => {
    const context = await browser.newContext({ baseURL, viewport: { width, height: 844 }, ...options });
    await watchPolicy(context, problems);
    context.on('console', (message) => {
      const text = message.text();
      // The browser says this of a request while a test has taken its network away.
      if (text.includes('net::ERR_INTERNET_DISCONNECTED') || expected?.test(text)) return;
      if (message.type() === 'error' || message.type() === 'warning') problems.push(text);
    });
    context.on('weberror', (error) => problems.push(error.error().message));
    contexts.push(context);
    return context;
  });
  await Promise.all(contexts.map((context) => context.close()));
  expect(problems).toEqual([]);
}

/** Tests that share one installation. */
export const test = base.extend<Fixtures, { site: Site }>({
  site: [
    async ({ browserName: _ }, use) => {
      const provider = await startProviderServer();
      const server = await startServer({
        AI_BASE_URL: provider.url,
        AI_API_KEY: 'test-key',
        AI_MODELS: MODELS.map((name) => `openai-compatible/${name}`).join(','),
        MCP_DYNAMIC_REGISTRATION: 'true',
      });
      const admin = { name: 'Grace Hopper', email: ADMIN, password: PASSWORD };
      expect((await postAuth(server.url, '/sign-up/email', admin)).status).toBe(200);
      await use({ server, provider });
      await provider.close();
      await server.stop();
    },
    { scope: 'worker' },
  ],

  openBrowser: ({ browser, site }, use) => withBrowsers(browser, site.server.url, use),
});

/** Adds all violations of the Content-Security-Policy on any page of the context to `violations`. */
export async function watchPolicy(context: BrowserContext, violations: string[]): Promise<void> {
  await context.exposeFunction('reportViolation', (violation: string) => violations.push(violation));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { documentURI, effectiveDirective, blockedURI, sourceFile, sample } = event;
      const violation = [documentURI, effectiveDirective, blockedURI, sourceFile, sample].join(' ');
      // Playwright creates the function on the window.
      (window as Window & { reportViolation?: (text: string) => void }).reportViolation?.(violation);
    });
  });
}

let people = 0;

/** Creates an account with PASSWORD on the sign-up page, which then opens the chat. @returns its email. */
export async function signUp(page: Page): Promise<string> {
  const email = `person-${++people}@example.com`;
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.waitForURL('/chat');
  return email;
}

/** Signs in on the sign-in page that is open. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Sends a question with the Enter key. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('Message').fill(question);
  await page.getByLabel('Message').press('Enter');
}

/** Chooses one of MODELS for the chat on the page. */
export async function chooseModel(page: Page, name: string): Promise<void> {
  const select = page.getByRole('combobox', { name: 'Model' });
  await select.click();
  await page.getByRole('option', { name }).click();
  // The select shows the model of a chat after the server has stored it.
  await expect(select).toHaveValue(new RegExp(name));
}

/** The last answer of the chat on the page. */
export const answerOn = (page: Page) => page.getByTestId('answer').last();

/** Waits until the answer on the page is complete. */
export async function untilComplete(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Regenerate' }).last()).toBeVisible({ timeout: 60_000 });
}

/** Returns the words of a slow model's answer on the page. */
export async function wordsOn(page: Page): Promise<string> {
  return (await answerOn(page).innerText()).match(/word\d+/g)?.join(' ') ?? '';
}

/** Sends a question to the model that repeats it, so that the answer has this text. */
export async function showAnswer(page: Page, text: string): Promise<void> {
  await chooseModel(page, 'echo');
  await ask(page, text);
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await untilComplete(page);
}

/** Shares the chat on the page. @returns the dialog, and the link that it shows. */
export async function shareChat(page: Page) {
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this chat' });
  await dialog.getByRole('button', { name: 'Create link' }).click();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
  return { dialog, link };
}
