import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine, UNPINNED } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { ROOT } from '../lib/process.ts';
import { percentile, spread } from '../lib/statistics.ts';
import { megabytes } from './folder.ts';

const Options = z.object({
  rounds: wholeNumber(1, 100).default(5),
  rows: wholeNumber(20_000).default(1_000_000),
});

const Statements = z.object({
  select: z.number(),
  insert: z.number(),
  many: z.number(),
  statement: z.number(),
  late: z.number(),
});
const Written = z.object({
  rows: z.number(),
  peak: z.number(),
  end: z.number(),
  longest: z.object({ statement: z.string(), ms: z.number() }),
});
const Opened = z.object({ opened: z.number() });

/** The process is killed after writing for so many more milliseconds. */
const KILL_AFTER_MS = 4000;

/**
 * Measures the embedded database: the time of statements in a separate thread and in the caller's thread, and the disk
 * space in use after writing and pruning many rows of log. It writes docs/benchmarks.md.
 * @param args `--rounds 5 --rows 1000000`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds, rows } = readOptions(Options, args).options;
  const text = `${introduction(rounds)}\n\n${await compareThreads(rounds)}\n\n${await writeLogs(rounds, rows)}`;
  console.log(text);
  await writeSection('Embedded database', text);
}

/** Runs `work` with an empty folder, and removes the folder afterwards. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a program of this folder. @returns the first line of its output, its exit, and a function that kills it. */
async function start(file: string, ...args: string[]) {
  const program = spawn(process.execPath, [join(ROOT, 'bench/embedded', file), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(program, 'exit');
  const lines = createInterface({ input: program.stdout });
  const first = await Promise.race([once(lines, 'line'), exited.then(() => [])]);
  const line: unknown = JSON.parse(z.string().parse(first[0]));
  return { line, exited, kill: () => program.kill('SIGKILL') };
}

async function compareThreads(rounds: number): Promise<string> {
  const ways = ['same', 'own'] as const;
  const found = { same: [] as z.output<typeof Statements>[], own: [] as z.output<typeof Statements>[] };
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    for (const way of round % 2 === 0 ? ways.toReversed() : ways) {
      await inFolder(async (folder) => {
        const { line, exited } = await start('statements.main.ts', way, join(folder, 'db'));
        found[way].push(Statements.parse(line));
        await exited;
      });
    }
  }
  const cell = (way: (typeof ways)[number], name: keyof z.output<typeof Statements>, unit: 'us' | 'ms') => {
    const value = percentile(
      found[way].map((one) => one[name]),
      0.5,
    );
    return unit === 'us' ? `${(1000 * value).toFixed(0)} us` : `${value.toFixed(1)} ms`;
  };
  const row = (title: string, name: keyof z.output<typeof Statements>, unit: 'us' | 'ms') => [
    title,
    cell('same', name, unit),
    cell('own', name, unit),
  ];
  return table(
    ['', "in the server's thread", 'in a separate thread'],
    [
      row('select of a row', 'select', 'us'),
      row('insert of a row', 'insert', 'us'),
      row('select of 10,000 rows', 'many', 'ms'),
      row('a long statement', 'statement', 'ms'),
      row('the longest delay of the event loop meanwhile', 'late', 'ms'),
    ],
  );
}

async function writeLogs(rounds: number, rows: number): Promise<string> {
  return inFolder(async (folder) => {
    const database = join(folder, 'db');
    const { line, exited, kill } = await start('log.main.ts', database, String(rows));
    const written = Written.parse(line);
    const opened: number[] = [];
    const sizes: number[] = [];
    await pause(KILL_AFTER_MS);
    kill();
    await exited;
    for (let round = 1; round <= rounds; round++) {
      sizes.push(megabytes(database));
      const again = await start('reopen.main.ts', database);
      opened.push(Opened.parse(again.line).opened);
      await again.exited;
      if (round === rounds) break;
      const writer = await start('log.main.ts', database, '0').catch(() => undefined);
      await pause(KILL_AFTER_MS);
      writer?.kill();
      await writer?.exited;
    }
    const { longest } = written;
    const figure = (values: number[], digits: number) => {
      const { min, median, max } = spread(values);
      return `${median.toFixed(digits)} (${min.toFixed(digits)} … ${max.toFixed(digits)})`;
    };
    return `${written.rows.toLocaleString('en')} rows of log were written, 200 with each statement, and pruned meanwhile. The folder
had at most ${written.peak.toFixed(0)} MB during that and ${written.end.toFixed(0)} MB after the background jobs had finished. About 40 MB of an
empty folder are PostgreSQL's own catalog and log. The longest statement of a background job took ${longest.ms} ms (\`${longest.statement.replaceAll(/\s+/g, ' ').slice(0, 60)}\`).
Then the process was killed with SIGKILL while it wrote more rows. The folder had ${figure(sizes, 0)} MB, and opening it took
${figure(opened, 0)} ms.`;
  });
}

function introduction(rounds: number): string {
  return `\`npm run bench -- embedded\`: statements of PGlite through Drizzle, in the server's thread and in a separate thread with limits
and background jobs (\`server/db/embedded/\`), and the disk space that many rows of log leave behind.

${describeMachine(UNPINNED)} ${rounds} rounds in alternating order, each in a new process with an empty folder; the median.`;
}
