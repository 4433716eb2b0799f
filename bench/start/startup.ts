import { residentBytes } from '../lib/proc.ts';
import { startProgram } from '../lib/process.ts';
import { createDatabase } from '../streams/postgres.ts';
import { freshSettings, READY } from './systems.ts';

/** How a start went. */
export interface Start {
  /** From the start of the process to the line that says it is ready, in milliseconds. */
  readyMs: number;
  /** Resident memory when it is ready, in bytes, of that process and those that wait for it. */
  resident: number;
  /** The same after each page was asked for once. */
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

/** `npm start`, where npm started this; else what it runs. */
function npmStart(): string[] {
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js') ? [npm, 'start', '--silent'] : ['scripts/start.mjs'];
}

/**
 * Starts on databases that exist, each way `rounds` times, in turn. What Node keeps of a start (npm start has it kept)
 * is there from the first one, which is not counted.
 */
export async function measureStarts(rounds: number): Promise<Map<string, Start[]>> {
  const { env, remove } = await freshSettings();
  const postgres = await createDatabase();
  const home = { HOME: env['DATA_DIR'] ?? '' };
  const ways: [string, string[], Settings][] = [
    ['node serve.ts, embedded database', ['serve.ts'], env],
    ['node serve.ts, Postgres', ['serve.ts'], { ...env, DATABASE_URL: postgres.url }],
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
