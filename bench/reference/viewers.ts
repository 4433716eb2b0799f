import type { Browser } from '@playwright/test';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine, UNPINNED } from '../lib/machine.ts';
import { installPeers } from '../lib/peers.ts';
import { pinThisProcess } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';
import {
  findViolations,
  type Load,
  loadPage,
  startBrowser,
  timeSearches,
  type Violations,
} from './browser.ts';
import type { Page, Subject } from './sites.ts';

const SCHEMES = ['light', 'dark'] as const;
const QUERIES = ['pull request', 'list issues', 'repository secret', 'codespace', 'user'];

const kB = (bytes: number) => `${(bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} kB`;

/** Writes the median and the range of times, without a range if there is none. */
function range(values: readonly number[], digits = 0): string {
  const { min, median, max } = spread(values);
  const text = (value: number) => value.toFixed(digits);
  return text(min) === text(max) ? text(median) : `${text(median)} (${text(min)} … ${text(max)})`;
}

const axe = (found: Violations | null) => (found === null ? 'not in 5 min' : String(found.elements));

/**
 * Loads the reference and other viewers in a browser, each with an OpenAPI document of this product and of GitHub. It
 * writes docs/benchmarks.md.
 */
export async function compareViewers({ rounds }: { rounds: number }): Promise<void> {
  await installPeers('viewers');
  // It reads packages that are installed only now.
  const { serveSites, viewerVersions } = await import('./sites.ts');
  const site = await serveSites();
  pinThisProcess('both');
  const browser = await startBrowser();
  try {
    const parts: string[] = [];
    for (const subject of [site.own, site.github]) {
      parts.push(await compare(browser, site.url, subject, rounds));
    }
    const text = [
      introduction(viewerVersions(), rounds, browser.version()),
      describeMachine(UNPINNED),
      ...parts,
      await searchOf(browser, site.url, site.github),
    ].join('\n\n');
    console.log(text);
    await writeSection('Reference beside other viewers', text);
  } finally {
    await browser.close();
    site.close();
  }
}

const introduction = (versions: readonly string[], rounds: number, browser: string) =>
  `\`npm run bench -- reference --parts viewers\`: the reference in a browser, and the OpenAPI document of the same API in
${versions.join(', ')}. One server on 127.0.0.1 sends everything with gzip, compressed before. The viewers load as their
documentation shows, without fonts and telemetry of other sites. GitHub's document is that of the package \`@octokit/openapi\`. For the reference, a
script turns it into a router, with a procedure for each operation; four have no path, because the layer
rejects theirs. The viewers show a whole API on one page. The reference has a page for each
procedure, so two of its pages are measured.

The median (minimum … maximum) of ${rounds} rounds in Chromium ${browser}, headless, 1280 × 900, in alternating order, with an empty
cache each time. _LCP_ is the largest contentful paint, _CLS_ the cumulative layout shift. _Task_ is the longest task that took more
than 50 ms. _Operation_ is when the first operation was rendered. _axe_ counts the elements with violations, of those
that a viewer has rendered.`;

async function compare(browser: Browser, url: string, subject: Subject, rounds: number): Promise<string> {
  const { title, operations, pages } = subject;
  const loads = new Map<Page, Load[]>(pages.map((page) => [page, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? pages : pages.toReversed();
    for (const page of order) {
      console.error(`${title}: round ${round + 1}, ${page.viewer}`);
      loads.get(page)?.push(await loadPage(browser, url + page.path, page.operation));
    }
  }
  const rows: string[][] = [];
  for (const [page, own] of loads) {
    const found: string[] = [];
    for (const colorScheme of SCHEMES) {
      console.error(`${title}: axe, ${page.viewer}, ${colorScheme}`);
      const { operation } = page;
      const violations = await findViolations(browser, url + page.path, { operation, colorScheme });
      console.error(violations);
      found.push(axe(violations));
    }
    rows.push([page.viewer, ...figures(own), found.join(' / ')]);
  }
  const head = ['', 'bytes', 'of scripts', 'LCP ms', 'CLS', 'task ms', 'operation ms', 'axe, light / dark'];
  return [
    `### ${title[0]?.toUpperCase()}${title.slice(1)}: ${operations.toLocaleString('en-US')} operations`,
    table(head, rows),
  ].join('\n\n');
}

function figures(loads: readonly Load[]): string[] {
  const all = (key: Exclude<keyof Load, 'operation'>) => loads.map((load) => load[key]);
  const shown = loads.flatMap(({ operation }) => (operation === null ? [] : [operation]));
  const tasks = all('longestTask');
  const lcps = all('lcp').filter((time) => time > 0);
  return [
    kB(spread(all('bytes')).median),
    kB(spread(all('scriptBytes')).median),
    lcps.length < loads.length ? '–' : range(lcps),
    range(all('cls'), 3),
    Math.max(...tasks) === 0 ? 'none' : range(tasks),
    shown.length < loads.length ? 'not in 90 s' : range(shown),
  ];
}

/** Returns a sentence about the search of the reference in the browser. */
async function searchOf(browser: Browser, url: string, { reference, title, operations }: Subject) {
  const [first = NaN, ...others] = await timeSearches(browser, url + reference, QUERIES);
  return `In the browser, the search of the reference of ${title} with ${operations.toLocaleString('en-US')} operations
shows its results ${first.toFixed(0)} ms after the first input, which loads the index, and ${range(others)} ms after a further one.`;
}
