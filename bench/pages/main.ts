import type { Browser } from '@playwright/test';
import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { namesOf, readOptions, wholeNumber } from '../lib/options.ts';
import { percentile } from '../lib/statistics.ts';
import { countPrefetches, measureAnswer, measureQuestions } from './answers.ts';
import { loadPage, startBrowser } from './browser.ts';
import { measureWithLighthouse } from './lighthouse.ts';
import { describeRounds } from './rounds.ts';
import { measureSidebar, withManyChats } from './sidebar.ts';
import { type Site, startSite } from './site.ts';

const Options = z.object({
  parts: namesOf(['chat', 'lighthouse']),
  rounds: wholeNumber(1, 100).default(3),
  questions: wholeNumber(1, 1000).default(20),
  seconds: wholeNumber(1, 60).default(8),
  audits: wholeNumber(1, 100).default(5),
  beside: z.string().describe('a note about other programs that ran').optional(),
});

const LONG = 540;
const SHORT = 32;
/** The chats of the sidebar. */
const CHATS = 10_000;
/** The slowdown of a phone. */
const PHONE = 4;

const median = (values: number[]) => percentile(values, 0.5);
const ms = (value: number) => `${value.toFixed(0)} ms`;

type Options = z.output<typeof Options>;

/**
 * Measures pages in Chromium: the chat page, and the pages that people open first with Lighthouse. It writes
 * docs/benchmarks.md.
 * @param args `--parts chat,lighthouse --rounds 3 --questions 20 --seconds 8 --audits 5`
 */
export async function main(args: string[]): Promise<void> {
  const { options } = readOptions(Options, args);
  if (options.parts.includes('chat')) await measureChat(options);
  if (options.parts.includes('lighthouse')) await measureWithLighthouse(options.audits, options.beside);
}

/** Measures frames while an answer is written, loading, the first text after Enter, prefetches, and a long sidebar. */
async function measureChat({ rounds, questions, seconds, beside }: Options): Promise<void> {
  const site = await startSite([LONG, SHORT]);
  const browser = await startBrowser();
  try {
    const text = [
      introduction(rounds, beside),
      await answers(browser, site, rounds, seconds),
      await loads(browser, site, rounds),
      await asked(browser, site, questions),
      await prefetches(browser, site),
      await sidebar(browser, await withManyChats(site, CHATS), rounds),
    ].join('\n\n');
    console.log(text);
    await writeSection('Chat page', text);
  } finally {
    await browser.close();
    await site.close();
  }
}

async function repeat<T>(rounds: number, measure: () => Promise<T>): Promise<T[]> {
  const values: T[] = [];
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    values.push(await measure());
  }
  return values;
}

async function answers(browser: Browser, site: Site, rounds: number, seconds: number): Promise<string> {
  const rows: string[][] = [];
  for (const [messages, slowdown] of [
    [LONG, 1],
    [SHORT, PHONE],
  ] as const) {
    const found = await repeat(rounds, () => measureAnswer(browser, site, { messages, slowdown, seconds }));
    rows.push([
      `${messages} messages${slowdown > 1 ? `, processor ${slowdown} times slower` : ''}`,
      median(found.map((one) => one.framesPerSecond)).toFixed(0),
      `${(100 * median(found.map((one) => one.onTime))).toFixed(1)} %`,
      ms(median(found.map((one) => one.longestTask))),
    ]);
  }
  return `While an answer of 200 deltas per second is written for ${seconds} seconds, with all messages of the chat on the page. 0 ms
stands for no task of more than 50 ms.

${table(['', 'frames per second', 'frames within 20 ms', 'longest task'], rows)}`;
}

async function loads(browser: Browser, site: Site, rounds: number): Promise<string> {
  const path = site.paths.get(LONG) ?? '';
  // The first request of a server takes longer.
  await loadPage(browser, site, path);
  const found = await repeat(rounds, () => loadPage(browser, site, path));
  return `The page of a chat with ${LONG} messages is loaded with an empty cache, from a server that has served it before. The time of the key
is that of another load, in which the key is typed.

${table(
  ['largest contentful paint', 'blocking time', 'the composer shows a key'],
  [
    [
      ms(median(found.map(({ lcp }) => lcp))),
      ms(median(found.map(({ blocking }) => blocking))),
      ms(median(found.map(({ key }) => key))),
    ],
  ],
)}`;
}

async function asked(browser: Browser, site: Site, questions: number): Promise<string> {
  const found = await measureQuestions(browser, site, questions);
  const [question, text] = [found.map((one) => one.question), found.map((one) => one.text)];
  return `After Enter, the question is on the screen after ${ms(median(question))}, and the first text of the offline guide's answer after
${ms(median(text))} (medians of ${questions} questions; 95 % within ${ms(percentile(text, 0.95))}).`;
}

async function prefetches(browser: Browser, site: Site): Promise<string> {
  const { started, aborted } = await countPrefetches(browser, site, site.paths.get(SHORT) ?? '');
  return `A chat page and another one that is opened from it start ${started} prefetches, of which ${aborted} are aborted.`;
}

async function sidebar(browser: Browser, site: Site, rounds: number): Promise<string> {
  const found = await repeat(rounds, () => measureSidebar(browser, site, CHATS));
  const rows = (['loading', 'scrolling'] as const).map((part) => [
    part === 'loading' ? 'down, as fast as they are loaded' : 'up, 300 pixels per frame',
    median(found.map((one) => one[part].framesPerSecond)).toFixed(0),
    `${(100 * median(found.map((one) => one[part].onTime))).toFixed(1)} %`,
    ms(median(found.map((one) => one[part].longestTask))),
  ]);
  return `The sidebar is scrolled through ${CHATS.toLocaleString('en')} chats. At the end, ${median(found.map((one) => one.rows))} of them are in the document.

${table(['', 'frames per second', 'frames within 20 ms', 'longest task'], rows)}`;
}

function introduction(rounds: number, beside: string | undefined): string {
  return `\`npm run bench -- pages --parts chat\`: the built server and Chromium, whose frames are counted by \`requestAnimationFrame\` and whose tasks
by \`PerformanceObserver\`.

${describeRounds(rounds, beside)}`;
}
