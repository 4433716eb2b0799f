import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { z } from 'zod';
import { CHROMIUM } from '#test/chromium';
import type { Site } from './site.ts';

const VIEWPORT = { width: 1280, height: 900 };

/** A frame that the browser shows later is late. At 60 frames per second, the next one is due after 16.7 ms. */
const LATE_MS = 20;
/** A longer task delays a key or a click noticeably. */
const BLOCKING_MS = 50;

/** The frames and tasks of a page between two times. Times are in milliseconds. */
export interface Fluency {
  /** The share of frames that were not late, from 0 to 1. */
  onTime: number;
  framesPerSecond: number;
  longestTask: number;
}

/** What was measured while a page loaded. Times are in milliseconds since the navigation began. */
export interface Load {
  lcp: number;
  /** The time of tasks beyond 50 ms each. */
  blocking: number;
  /** When the composer showed a key that was pressed in it. */
  key: number;
}

/** Runs in each page before its scripts. A text, because Playwright sends it to the browser. */
const COLLECTOR = `(() => {
  const seen = window.__seen = { frames: [], tasks: [], lcp: 0 };
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime; });
  observe('longtask', (entry) => { seen.tasks.push({ start: entry.startTime, duration: entry.duration }); });
  const frame = (time) => { seen.frames.push(time); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
})()`;

const Frames = z.object({
  frames: z.array(z.number()),
  tasks: z.array(z.object({ start: z.number(), duration: z.number() })),
  lcp: z.number(),
});

export const startBrowser = (): Promise<Browser> => chromium.launch(CHROMIUM);

/** Opens a browser context with the session of the account. */
export async function openContext(browser: Browser, { server, account }: Site): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.url, viewport: VIEWPORT });
  const cookies = (account.headers['cookie'] ?? '').split('; ').map((cookie) => {
    const [name = '', ...value] = cookie.split('=');
    return { name, value: value.join('='), url: server.url };
  });
  await context.addCookies(cookies);
  await context.addInitScript(COLLECTOR);
  return context;
}

/** Slows the processor of a page down. @param factor 1 for its own speed. */
export async function slowDown(page: Page, factor: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: factor });
}

const seenOn = async (page: Page) => Frames.parse(await page.evaluate('window.__seen'));

/** Measures the frames and tasks of a page while `work` runs. */
export async function whileWorking(page: Page, work: () => Promise<void>): Promise<Fluency> {
  const now = async () => z.number().parse(await page.evaluate('performance.now()'));
  const start = await now();
  await work();
  const end = await now();
  const seen = await seenOn(page);
  const frames = seen.frames.filter((time) => time >= start && time <= end);
  const intervals = frames.slice(1).map((time, index) => time - (frames[index] ?? time));
  const tasks = seen.tasks.filter((task) => task.start + task.duration >= start && task.start <= end);
  return {
    onTime: intervals.filter((interval) => interval < LATE_MS).length / intervals.length,
    framesPerSecond: (1000 * intervals.length) / (end - start),
    longestTask: Math.max(0, ...tasks.map(({ duration }) => duration)),
  };
}

/** The time after which a page has no long tasks any more, in milliseconds. */
const SETTLED_MS = 2_000;

/** Opens a page with an empty cache, and closes it after `work`. @param script runs in the page before its own scripts. */
async function withPage<T>(
  browser: Browser,
  site: Site,
  path: string,
  script: string,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await openContext(browser, site);
  try {
    const page = await context.newPage();
    await page.addInitScript(script);
    await page.goto(path, { waitUntil: 'load' });
    return await work(page);
  } finally {
    await context.close();
  }
}

/**
 * Enters a key into the composer as soon as that is possible. It runs in the page, because each message between the
 * programs takes time too. The composer is shown before the page listens to it, so the key is entered again until the
 * page has kept it.
 */
const TYPING = `window.__key = new Promise((resolve) => {
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
  const look = () => {
    const input = document.querySelector('textarea[aria-label="Message"]');
    const send = document.querySelector('button[aria-label="Send"]');
    if (input && send && input.value === 'a' && !send.disabled) return resolve(performance.now());
    if (input && input.value !== 'a') {
      set.call(input, 'a');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (input) { set.call(input, ''); }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

/** Loads a page twice: once without doing anything in it, and once to type a key, which makes it work more. */
export async function loadPage(browser: Browser, site: Site, path: string): Promise<Load> {
  const { lcp, tasks } = await withPage(browser, site, path, '', async (page) => {
    await page.waitForTimeout(SETTLED_MS);
    return seenOn(page);
  });
  const key = await withPage(browser, site, path, TYPING, async (page) =>
    z.number().parse(await page.evaluate('window.__key')),
  );
  return {
    lcp,
    blocking: tasks.reduce((sum, { duration }) => sum + duration - BLOCKING_MS, 0),
    key,
  };
}
