/** npm run screenshots: takes the pictures of the landing page and of the README, in a new installation. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { CHROMIUM } from '../chromium.ts';
import { type Account, signUp, signUpAdmin } from '../client.ts';
import { type RunningServer, startServer } from '../server.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'app/screenshots');

const QUESTION = 'How do I add a procedure?';
/** The other chats in the list, the last one first. */
const TITLES = [
  'Deploy on Postgres',
  'Limits of API keys',
  'Retries and idempotency keys',
  'Streaming over REST',
  'Errors of the SDK',
];

interface Screen {
  name: string;
  width: number;
  height: number;
  /** Pixels of the picture by pixel of the page. */
  scale: number;
}

const SCREENS: readonly Screen[] = [
  { name: 'chat', width: 1280, height: 800, scale: 1 },
  { name: 'phone', width: 390, height: 760, scale: 2 },
];

/** What other sites show with a link to the landing page. */
const CARD: Screen = { name: 'card', width: 1200, height: 630, scale: 1 };

/** Creates chats, and one with an answer of the offline guide. @returns its path. */
async function fill({ rpc }: Account): Promise<string> {
  for (const title of TITLES) await rpc.chat.create.mutate({ title });
  const { id: chatId } = await rpc.chat.create.mutate({});
  const { runId } = await rpc.chat.send.mutate({ chatId, parts: [{ type: 'text', text: QUESTION }] });
  await rpc.chat.answer.query({ runId, waitSeconds: 20 });
  return `/chat/${chatId}`;
}

interface Shot {
  url: string;
  path: string;
  colorScheme: 'light' | 'dark';
  /** The session, or nothing for a visitor. */
  cookies: { name: string; value: string; url: string }[];
  screen: Screen;
  /** Waits until the page is complete. */
  ready: (page: Page) => Promise<void>;
}

async function take(browser: Browser, { url, path, colorScheme, cookies, screen, ready }: Shot) {
  const { name, width, height, scale } = screen;
  const context = await browser.newContext({
    baseURL: url,
    colorScheme,
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
  });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.goto(path, { waitUntil: 'networkidle' });
  await ready(page);
  const file = join(FOLDER, `${name}-${colorScheme}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  console.log(file);
  await context.close();
}

async function takeAll(browser: Browser, { url }: RunningServer, account: Account): Promise<void> {
  const path = await fill(account);
  const cookies = (account.headers['cookie'] ?? '').split('; ').map((cookie) => {
    const [name = '', ...value] = cookie.split('=');
    return { name, value: value.join('='), url };
  });
  const isAnswered = (page: Page) => page.getByRole('button', { name: 'Regenerate' }).last().waitFor();
  const isLoaded = (page: Page) => page.getByRole('heading', { level: 1 }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const screen of SCREENS) {
      await take(browser, { url, path, colorScheme, cookies, screen, ready: isAnswered });
    }
  }
  await take(browser, { url, path: '/', colorScheme: 'light', cookies: [], screen: CARD, ready: isLoaded });
}

const server = await startServer({});
const browser = await chromium.launch(CHROMIUM);
try {
  await signUpAdmin(server);
  await takeAll(browser, server, await signUp(server.url, { email: 'ada@example.com' }));
  copyFileSync(join(FOLDER, 'chat-light.png'), join(ROOT, 'docs/screenshot.png'));
} finally {
  // The server ends with this process.
  await browser.close();
}
