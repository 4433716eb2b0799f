import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { defaultFolder } from '../server/db/folder.ts';
import { unpack } from './unpack.ts';

const ROOT = join(import.meta.dirname, '..');

/** Programs that serve the API, and how each tells its origin when it does. */
const HOSTS = {
  /** What `npm start` runs. */
  serve: { args: ['serve.ts'], ready: /^Switchboard is ready: (\S+)$/m },
  /** `next start`, as on any host of Next.js apps: app/api/[...path]/route.ts. */
  next: {
    args: ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p'],
    ready: /- Local: +(\S+)[^]*Ready in/,
  },
  /** tRPC's own fetch adapter for RPC, as its documentation has it. */
  adapter: { args: ['test/hosts/adapter.main.ts'], ready: /^Switchboard is ready: (\S+)$/m },
};
export type Host = keyof typeof HOSTS;

/** TEST_HOST=next has the tests of test/http call `next start`. */
const DEFAULT_HOST = z.enum(['serve', 'next', 'adapter']).default('serve').parse(process.env['TEST_HOST']);

/** What Node has compiled, which `npm start` keeps as well. */
export const NODE_COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

/** How long a start may take on a slow machine, in milliseconds. */
const START_LIMIT_MS = 60_000;
/** How long a stop may take; running answers have a grace of their own. */
const STOP_LIMIT_MS = 45_000;

/** A process of the product, serving on a free port of 127.0.0.1. */
export interface RunningServer {
  /** Its origin, without a slash at the end. */
  url: string;
  pid: number;
  /** What it was started with; another start with them goes on with the same database. */
  settings: Record<string, string>;
  /** What it has written to stdout and stderr so far. */
  log: () => string;
  /** Ends it with SIGTERM. @returns the exit code. */
  stop: () => Promise<number | null>;
  /** Ends it as a power cut would. */
  kill9: () => Promise<void>;
}

/** Thrown when a server ended instead of starting; `output` is what it said. */
export class StartError extends Error {
  override name = 'StartError';
  readonly output: string;
  readonly exitCode: number | null;

  constructor(output: string, exitCode: number | null) {
    super(`The server did not start (exit code ${exitCode}):\n${output}`);
    this.output = output;
    this.exitCode = exitCode;
  }
}

/** What must not outlive the test file, or the process where there is none, also when it fails before its `afterAll`. */
const folders: string[] = [];
const children: ChildProcess[] = [];

function removeAll(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
// A process of Jest's has many test files, so none of them listens to its exit.
if ('onFileEnd' in globalThis) {
  onFileEnd(() => {
    removeAll();
    return Promise.resolve();
  });
} else process.on('exit', removeAll);

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-'));
  folders.push(folder);
  return folder;
}

/** The settings of an installation with a migrated, empty database: a copy of one that was made before. */
async function freshInstallation(): Promise<Record<string, string>> {
  const { TEST_DATABASE_URL, TEST_RUN, TEST_SNAPSHOT } = process.env;
  const DATA_DIR = freshFolder();
  if (TEST_DATABASE_URL) {
    const { createCopy } = await import('./postgres-databases.ts');
    return {
      DATA_DIR,
      DATABASE_URL: await createCopy(TEST_DATABASE_URL, Number(TEST_RUN), basename(DATA_DIR)),
    };
  }
  // Not imported where Jest has made it: the whole product comes with it.
  const snapshot = TEST_SNAPSHOT ?? (await (await import('./snapshot.ts')).createSnapshot());
  await unpack(snapshot, defaultFolder(DATA_DIR));
  return { DATA_DIR };
}

/**
 * An installation with what is in that of a server that was stopped, secrets and all.
 * @returns the settings of a server on it.
 */
export async function copyInstallation({ settings }: RunningServer): Promise<Record<string, string>> {
  const { TEST_DATABASE_URL, TEST_RUN } = process.env;
  const { DATA_DIR: from = '', DATABASE_URL } = settings;
  const DATA_DIR = freshFolder();
  cpSync(from, DATA_DIR, { recursive: true });
  if (!TEST_DATABASE_URL || DATABASE_URL === undefined) return { ...settings, DATA_DIR };
  const { createCopy } = await import('./postgres-databases.ts');
  const run = Number(TEST_RUN);
  const copy = await createCopy(TEST_DATABASE_URL, run, basename(DATA_DIR), basename(from));
  return { ...settings, DATA_DIR, DATABASE_URL: copy };
}

/** Nothing of the environment the tests run in gets through but what Node needs. */
async function settingsWith(env: Record<string, string>): Promise<Record<string, string>> {
  const { PATH = '', HOME = '' } = process.env;
  const installation = env['DATA_DIR'] === undefined ? await freshInstallation() : {};
  const limits = { AUTH_RATE_LIMIT: '100000', GUEST_RATE_LIMIT: '100000', RATE_LIMIT: '0' };
  const base = { PATH, HOME, NODE_COMPILE_CACHE, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...limits };
  return { ...base, ...installation, ...env };
}

async function exited(child: ChildProcess, limitMs: number): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
  }
  return child.exitCode;
}

/**
 * Starts the built server as `npm start` does, or another host of it.
 * @param env settings that differ from production's on a free port. Without DATA_DIR the installation is a new one.
 * @param root the folder of the project; another one holds another version of it.
 * @throws {StartError} when it ends before it is ready.
 */
export async function startServer(
  env: Record<string, string> = {},
  host: Host = DEFAULT_HOST,
  root: string = ROOT,
): Promise<RunningServer> {
  const settings = await settingsWith(env);
  const { args, ready: isReady } = HOSTS[host];
  const port = host === 'next' ? [settings['PORT'] ?? '0'] : [];
  const child = spawn(process.execPath, [...args, ...port], {
    cwd: root,
    env: { ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  // Jest ends when nothing keeps its process alive; a server that was not stopped must not.
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
    }, START_LIMIT_MS);
    const hear = (chunk: string) => {
      output += chunk;
      const origin = isReady.exec(output)?.[1];
      if (origin === undefined) return;
      clearTimeout(limit);
      resolve(origin);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('close', (code) => {
      clearTimeout(limit);
      reject(new StartError(output, code));
    });
  });
  const origin = await ready;
  // Next.js loads a route, and with it the product, when it is first called.
  if (host === 'next') await fetch(`${origin}/api/ready`, { signal: AbortSignal.timeout(START_LIMIT_MS) });
  return {
    // With APP_URL the server names that, and the port is the one it was told.
    url:
      settings['APP_URL'] === undefined
        ? origin.replace('localhost', '127.0.0.1')
        : `http://127.0.0.1:${settings['PORT']}`,
    pid: child.pid ?? 0,
    settings,
    log: () => output,
    stop: () => {
      child.kill('SIGTERM');
      return exited(child, STOP_LIMIT_MS);
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited(child, STOP_LIMIT_MS);
    },
  };
}
