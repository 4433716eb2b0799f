import { SERVER_OPTIONS } from '../../scripts/setup.mjs';
import { residentBytes } from '../lib/proc.ts';
import { startProgram } from '../lib/process.ts';
import { createDatabase } from '../streams/postgres.ts';
import { freshSettings, READY } from './systems.ts';

/** The result of a start. */
export interface Start {
  /** The time from the start of the process to its "is ready" line, in milliseconds. */
  readyMs: number;
  /** The resident memory of the process and its descendants when it is ready, in bytes. */
  resident: number;
  /** The same after one request for each page. */
  residentUsed: number;
}

const PAGES = ['/', '/sign-in', '/docs', '/chat', '/api/ready'];

type Settings = Record<string, string>;

async function startOnce(args: string[], env: Settings): Promise<Start> {
  const from = performance.now();
  const { pid, match, stop } = await startProgram(args, { core: 'both', ready: READY, env });
  const readyMs = performance.now() - from;
  try {
    const resident = residentBytes(pid);
    for (const path of PAGES) {
      const response = await fetch(`http://127.0.0.1:${match[1]}${path}`, { redirect: 'manual' });
      await response.text();
    }
    return { readyMs, resident, residentUsed: residentBytes(pid) };
  } finally {
    await stop();
  }
}

/** Returns `npm start` if npm started this process, otherwise the script that it runs. */
function npmStart(): string[] {
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js') ? [npm, 'start', '--silent'] : ['scripts/start.mjs'];
}

/**
 * Starts the server on existing databases, each way `rounds` times, in turn. One more start of each way comes first and
 * is not counted: it creates the database, and under `npm start` it fills Node's compile cache.
 */
export async function measureStarts(rounds: number): Promise<Map<string, Start[]>> {
  const { env, remove } = await freshSettings();
  const postgres = await createDatabase();
  const home = { HOME: env['DATA_DIR'] ?? '' };
  const ways: [string, string[], Settings][] = [
    ['node serve.ts, embedded database', [...SERVER_OPTIONS, 'serve.ts'], env],
    ['node serve.ts, Postgres', [...SERVER_OPTIONS, 'serve.ts'], { ...env, DATABASE_URL: postgres.url }],
    ['npm start, embedded database', npmStart(), { ...env, ...home }],
  ];
  const starts = new Map<string, Start[]>(ways.map(([name]) => [name, []]));
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const [name, args, settings] of ways) {
        console.error(`start ${round} of ${rounds}: ${name}`);
        const start = await startOnce(args, settings);
        if (round > 0) starts.get(name)?.push(start);
      }
    }
    return starts;
  } finally {
    await postgres.drop();
    await remove();
  }
}
