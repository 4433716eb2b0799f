import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from '@playwright/test';
import { z } from 'zod';
import { type Fluency, openContext, slowDown, whileWorking } from './browser.ts';
import type { Exchange } from '#test/scripted-provider';
import type { Site } from './site.ts';

const DELTAS_PER_SECOND = 200;

/** The deltas of an answer: words in paragraphs, with lists, code and a table in between. */
function* deltasOf(count: number): Generator<string> {
  for (let index = 1; index <= count; index++) {
    if (index % 400 === 0) yield '\n\n```ts\nconst found = await db.select();\n```\n\n';
    else if (index % 300 === 0) yield '\n\n| a | b |\n|---|---|\n| c | d |\n\n';
    else if (index % 150 === 0) yield '\n\n- an item\n- **another** item\n\n';
    else if (index % 60 === 0) yield '.\n\n';
    else yield `word${index} `;
  }
}

/** Shows all messages of the chat on a page. */
async function loadAll(page: Page, messages: number): Promise<void> {
  const shown = page.getByRole('article');
  const older = page.getByRole('button', { name: 'Load older' });
  while ((await shown.count()) < messages) {
    const before = await shown.count();
    await older.click();
    await page.waitForFunction((count) => document.querySelectorAll('article').length > count, before);
  }
}

const REQUEST_LIMIT_MS = 20_000;

/** Returns the next request to the model. */
async function nextRequest({ provider }: Site): Promise<Exchange> {
  const late = pause(REQUEST_LIMIT_MS).then(() => {
    throw new Error('The page has not sent the question.');
  });
  return Promise.race([provider.next(), late]);
}

interface AnswerOptions {
  messages: number;
  /** How much slower the processor is. */
  slowdown: number;
  seconds: number;
}

/** Measures a page with all messages of a chat while an answer is written. */
export async function measureAnswer(
  browser: Browser,
  site: Site,
  { messages, slowdown, seconds }: AnswerOptions,
): Promise<Fluency> {
  const context = await openContext(browser, site);
  try {
    const page = await context.newPage();
    const path = site.paths.get(messages) ?? '';
    await page.goto(path, { waitUntil: 'networkidle' });
    await loadAll(page, messages);
    await slowDown(page, slowdown);
    await page.getByLabel('Message', { exact: true }).fill('Go on');
    await page.getByLabel('Message', { exact: true }).press('Enter');
    const exchange = await nextRequest(site);
    await exchange.say('It begins. ');
    await page.getByText('It begins.').last().waitFor();
    const start = performance.now();
    let sent = 0;
    const fluency = await whileWorking(page, async () => {
      for (const delta of deltasOf(seconds * DELTAS_PER_SECOND)) {
        await exchange.say(delta);
        sent += 1;
        const early = (1000 * sent) / DELTAS_PER_SECOND - (performance.now() - start);
        if (early > 5) await pause(early);
      }
    });
    exchange.finish();
    await page.getByRole('button', { name: 'Regenerate' }).last().waitFor();
    return fluency;
  } finally {
    await context.close();
  }
}

/** The times after Enter until the question and the first text of its answer are shown, in milliseconds. */
const Asked = z.object({ question: z.number(), text: z.number() });
export type Asked = z.output<typeof Asked>;

/** Sends a question on a page and waits for the first text of its answer. Times are those of the next frames. */
async function ask(page: Page, question: string): Promise<Asked> {
  await page.getByLabel('Message', { exact: true }).fill(question);
  await page.evaluate(`(() => {
    const asked = {};
    const answers = document.querySelectorAll('[data-testid=answer]').length;
    window.__asked = new Promise((resolve) => {
      addEventListener('keydown', (event) => {
        const look = (time) => {
          const articles = [...document.querySelectorAll('article')];
          const isShown = articles.some((one) => one.textContent.includes(${JSON.stringify(question)}));
          if (isShown) asked.question ??= time - event.timeStamp;
          // The first block of text: a note that the answer is being written is not one.
          const newest = [...document.querySelectorAll('[data-testid=answer]')].slice(answers).at(-1);
          if (newest?.querySelector('p, li, h2, pre')) resolve({ ...asked, text: time - event.timeStamp });
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }, { once: true, capture: true });
    });
  })()`);
  await page.getByLabel('Message', { exact: true }).press('Enter');
  const asked = Asked.parse(await page.evaluate('window.__asked'));
  await page.getByRole('button', { name: 'Regenerate' }).last().waitFor();
  return asked;
}

/** Asks the offline guide several questions in one chat. */
export async function measureQuestions(browser: Browser, site: Site, count: number): Promise<Asked[]> {
  const context = await openContext(browser, site);
  try {
    const { id } = await site.account.rpc.chat.create.mutate({ model: 'guide', title: 'Questions' });
    const page = await context.newPage();
    await page.goto(`/chat/${id}`, { waitUntil: 'networkidle' });
    const asked: Asked[] = [];
    for (let index = 0; index < count; index++) {
      asked.push(await ask(page, `How do I add a procedure? (${index})`));
    }
    return asked;
  } finally {
    await context.close();
  }
}

/** The requests of a page for pages that may be opened next. */
export interface Prefetches {
  started: number;
  aborted: number;
}

const PREFETCH_MS = 3_000;

/** Counts the prefetches of a chat page, and of another one that is opened from it. */
export async function countPrefetches(browser: Browser, site: Site, path: string): Promise<Prefetches> {
  const context = await openContext(browser, site);
  try {
    const page = await context.newPage();
    const counts: Prefetches = { started: 0, aborted: 0 };
    page.on('request', (request) => {
      if ('next-router-prefetch' in request.headers()) counts.started += 1;
    });
    page.on('requestfailed', (request) => {
      if ('next-router-prefetch' in request.headers()) counts.aborted += 1;
    });
    await page.goto(path, { waitUntil: 'load' });
    await page.waitForTimeout(PREFETCH_MS);
    await page.getByRole('navigation', { name: 'Chats' }).getByRole('link').last().click();
    await page.waitForTimeout(PREFETCH_MS);
    return counts;
  } finally {
    await context.close();
  }
}
