import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CHROMIUM } from '#test/chromium';
import { table, writeSection } from '../lib/document.ts';
import { installPeers } from '../lib/peers.ts';
import { ROOT } from '../lib/process.ts';
import { percentile } from '../lib/statistics.ts';
import { describeRounds } from './rounds.ts';
import { type Site, startSite } from './site.ts';

const PROGRAM = join(ROOT, 'bench/lighthouse/node_modules/lighthouse/cli/index.js');
const RUN_LIMIT_MS = 3 * 60_000;
/** The messages of the chat. */
const MESSAGES = 32;

const FORMS = ['mobile', 'desktop'] as const;
type Form = (typeof FORMS)[number];

/** The parts of a report of Lighthouse that are printed. Scores are from 0 to 1. */
const Report = z.object({
  lighthouseVersion: z.string(),
  finalDisplayedUrl: z.string(),
  categories: z.object({
    performance: z.object({ score: z.number() }),
    accessibility: z.object({ score: z.number() }),
    'best-practices': z.object({ score: z.number() }),
  }),
  audits: z.object({
    'largest-contentful-paint': z.object({ numericValue: z.number() }),
    'total-blocking-time': z.object({ numericValue: z.number() }),
  }),
});
type Report = z.output<typeof Report>;

/**
 * Opens a page in a new browser and measures it. Lighthouse calculates the times of a phone; it slows nothing down.
 * @throws {Error} if the page leads to another one.
 */
async function audit(url: string, form: Form, headers: Record<string, string>): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'lighthouse-'));
  const file = join(folder, 'report.json');
  const args = [
    url,
    '--quiet',
    '--no-enable-error-reporting',
    '--only-categories=performance,accessibility,best-practices',
    '--output=json',
    `--output-path=${file}`,
    `--chrome-flags=${CHROMIUM.args.join(' ')}`,
    `--extra-headers=${JSON.stringify(headers)}`,
    ...(form === 'desktop' ? ['--preset=desktop'] : []),
  ];
  try {
    await promisify(execFile)(process.execPath, [PROGRAM, ...args], {
      timeout: RUN_LIMIT_MS,
      env: {
        ...process.env,
        ...(CHROMIUM.executablePath !== undefined && { CHROME_PATH: CHROMIUM.executablePath }),
      },
    });
    const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (report.finalDisplayedUrl !== url) throw new Error(`${url} led to ${report.finalDisplayedUrl}.`);
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  page: string;
  form: Form;
  reports: Report[];
}

/** The pages that are measured, by the names that people know them by. The first two are those of a visitor. */
const pagesOf = ({ account, paths }: Site) => [
  { page: 'landing', path: '/', headers: {} },
  { page: 'sign-in', path: '/sign-in', headers: {} },
  { page: 'new chat', path: '/chat', headers: account.headers },
  { page: `chat, ${MESSAGES} messages`, path: paths.get(MESSAGES) ?? '', headers: account.headers },
];

/** Measures all pages once in each round, so that a change of the machine meets all of them. */
async function auditAll(site: Site, rounds: number): Promise<Measured[]> {
  const measured = pagesOf(site).flatMap(({ page, path, headers }) =>
    FORMS.map((form) => ({ page, path, headers, form, reports: [] as Report[] })),
  );
  for (let round = 1; round <= rounds; round++) {
    console.error(`Lighthouse, round ${round} of ${rounds}`);
    for (const { path, headers, form, reports } of measured) {
      reports.push(await audit(`${site.server.url}${path}`, form, headers));
    }
  }
  return measured;
}

const medianOf = (reports: Report[], read: (report: Report) => number) => percentile(reports.map(read), 0.5);

const rowOf = ({ page, form, reports }: Measured): string[] => {
  const points = (name: keyof Report['categories']) =>
    (100 * medianOf(reports, ({ categories }) => categories[name].score)).toFixed(0);
  const ms = (name: keyof Report['audits']) =>
    `${medianOf(reports, ({ audits }) => audits[name].numericValue).toFixed(0)} ms`;
  return [
    `${page}, ${form}`,
    points('performance'),
    points('accessibility'),
    points('best-practices'),
    ms('largest-contentful-paint'),
    ms('total-blocking-time'),
  ];
};

/** Measures pages with Lighthouse. It writes docs/benchmarks.md. */
export async function measureWithLighthouse(rounds: number, beside: string | undefined): Promise<void> {
  await installPeers('lighthouse');
  const site = await startSite([MESSAGES]);
  try {
    const measured = await auditAll(site, rounds);
    const version = measured[0]?.reports[0]?.lighthouseVersion ?? '';
    const head = ['', 'performance', 'accessibility', 'best practices', 'largest paint', 'blocking time'];
    const text = `\`npm run bench -- pages --parts lighthouse\`: Lighthouse ${version} with its own settings for phones and desktops, the built
server and Chromium. The first two pages are those of a visitor, the others those of an account.

${describeRounds(rounds, beside)}

${table(head, measured.map(rowOf))}`;
    console.log(text);
    await writeSection('Lighthouse', text);
  } finally {
    await site.close();
  }
}
