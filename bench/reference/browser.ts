import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page as Tab } from '@playwright/test';
import { z } from 'zod';
import { CHROMIUM } from '#test/chromium';
import { ROOT } from '../lib/process.ts';

/** What was measured while a page loaded. Times are in milliseconds since the navigation began. */
export interface Load {
  /** What was transferred, in bytes. */
  bytes: number;
  scriptBytes: number;
  lcp: number;
  cls: number;
  /** The longest task; 0 if none took longer than 50 ms. */
  longestTask: number;
  /** When the first operation was visible; `null` if it was not in time. */
  operation: number | null;
}

/** A number of elements in which axe finds violations of rules. */
export interface Violations {
  rules: string[];
  elements: number;
}

const Figures = z.object({
  lcp: z.number(),
  cls: z.number(),
  longestTask: z.number(),
  operation: z.number().nullable(),
  quiet: z.number(),
});

const VIEWPORT = { width: 1280, height: 900 };
/** A page is loaded if nothing was transferred and no task took longer than 50 ms for this time. */
const QUIET_MS = 2000;
const LIMIT_MS = 90_000;
const AXE_LIMIT_MS = 300_000;
const POLL_MS = 250;

/** Runs in the page before its scripts, and collects its figures. A text, because Playwright sends it to the browser. */
const collector = (operation: string) => `(() => {
  const figures = { lcp: 0, cls: 0, longestTask: 0, operation: null };
  let active = 0;
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('largest-contentful-paint', (entry) => { figures.lcp = entry.startTime; });
  observe('layout-shift', (entry) => { if (!entry.hadRecentInput) figures.cls += entry.value; });
  observe('longtask', (entry) => {
    figures.longestTask = Math.max(figures.longestTask, entry.duration);
    active = Math.max(active, entry.startTime + entry.duration);
  });
  observe('resource', (entry) => { active = Math.max(active, entry.responseEnd); });
  const look = () => {
    const found = document.querySelector(${JSON.stringify(operation)});
    if (found && found.getBoundingClientRect().height > 0) {
      figures.operation = performance.now();
      active = Math.max(active, figures.operation);
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.__figures = () => ({ ...figures, quiet: performance.now() - active });
})()`;

/** Starts a browser that reaches only this machine. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...CHROMIUM,
    args: [...CHROMIUM.args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });

/** Loads a page with an empty cache. @param operation selects the first operation. */
export async function loadPage(browser: Browser, url: string, operation: string): Promise<Load> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const tab = await context.newPage();
    await tab.addInitScript(collector(operation));
    const transferred = await countBytes(context, tab);
    await tab.goto(url, { waitUntil: 'commit', timeout: LIMIT_MS });
    const { quiet: _, ...figures } = await untilQuiet(tab);
    return { ...figures, ...transferred() };
  } finally {
    await context.close();
  }
}

async function untilQuiet(tab: Tab): Promise<z.output<typeof Figures>> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    await tab.waitForTimeout(POLL_MS);
    const figures = Figures.parse(await tab.evaluate('window.__figures()'));
    const isLoaded = figures.operation !== null && figures.quiet > QUIET_MS;
    if (isLoaded || performance.now() > end) return figures;
  }
}

async function countBytes(context: BrowserContext, tab: Tab) {
  const session = await context.newCDPSession(tab);
  const scripts = new Set<string>();
  let bytes = 0;
  let scriptBytes = 0;
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    if (scripts.has(requestId)) scriptBytes += encodedDataLength;
  });
  await session.send('Network.enable');
  return () => ({ bytes, scriptBytes });
}

const Result = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.number() })),
});

/** Returns what axe finds on a page; `null` if it takes longer than five minutes. */
export async function findViolations(
  browser: Browser,
  url: string,
  { operation, colorScheme }: { operation: string; colorScheme: 'light' | 'dark' },
): Promise<Violations | null> {
  const context = await browser.newContext({ viewport: VIEWPORT, colorScheme });
  try {
    const tab = await context.newPage();
    await tab.addInitScript(collector(operation));
    await tab.goto(url, { waitUntil: 'commit', timeout: LIMIT_MS });
    await untilQuiet(tab);
    await tab.evaluate(readFileSync(join(ROOT, 'bench/viewers/node_modules/axe-core/axe.min.js'), 'utf8'));
    const late = new Promise<null>((resolve) => setTimeout(resolve, AXE_LIMIT_MS, null).unref());
    const run = tab.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
      ({ violations: violations.map(({ id, nodes }) => ({ id, nodes: nodes.length })) }))`);
    // If the limit is reached, the page is closed, and this fails.
    run.catch(() => undefined);
    const result = await Promise.race([run, late]);
    if (result === null) return null;
    const { violations } = Result.parse(result);
    return {
      rules: violations.map(({ id }) => id),
      elements: violations.reduce((sum, { nodes }) => sum + nodes, 0),
    };
  } finally {
    await context.close();
  }
}

const Searches = z.array(z.number());

/**
 * Searches on the first page of a reference by its own script.
 * @returns the times from the input to the list of results: first with the index, which is loaded then, and again for
 *   each further query.
 */
export async function timeSearches(
  browser: Browser,
  url: string,
  queries: readonly string[],
): Promise<number[]> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const tab = await context.newPage();
    await tab.goto(url);
    return Searches.parse(
      await tab.evaluate(`(async () => {
        const input = document.querySelector('.search input');
        const list = document.querySelector('.results');
        const times = [];
        for (const query of ${JSON.stringify(queries)}) {
          const shown = new Promise((resolve) => {
            const observer = new MutationObserver(() => { observer.disconnect(); requestAnimationFrame(resolve); });
            observer.observe(list, { childList: true });
          });
          const before = performance.now();
          input.value = query;
          input.dispatchEvent(new Event('input'));
          await shown;
          times.push(performance.now() - before);
        }
        return times;
      })()`),
    );
  } finally {
    await context.close();
  }
}
