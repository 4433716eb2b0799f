import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { defaultFolder } from '../server/db/folder.ts';
import { databaseSettings } from './pooler.ts';
import { unpack } from './unpack.ts';
import { PRODUCT } from '../src/contract/product.ts';

const ROOT = join(import.meta.dirname, '..');

/** Matches the line of a server that is ready, in JSON and in plain text, as soon as it is complete. */
const READY = new RegExp(`${PRODUCT.name} is ready: (\\S+?)["\\s]`);

/** Programs that serve the API. `ready` finds the origin in the output of a program that is ready. */
const HOSTS = {
  /** The server of `npm start`. */
  serve: { args: ['serve.ts'], ready: READY },
  /** The program of a bundle, which `npm run bundle` writes. */
  bundle: { args: ['.'], ready: READY },
  /** `next start`, as on any host of Next.js apps: app/api/[...path]/route.ts. */
  next: {
    args: ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p'],
    ready: /- Local: +(\S+)[^]*Ready in/,
  },
  /** tRPC's own fetch adapter for RPC, as in its documentation. */
  adapter: {
    args: ['test/hosts/adapter.main.ts'],
    ready: READY,
  },
};
export type Host = keyof typeof HOSTS;

/** With TEST_HOST=next, the tests of test/http use `next start`. */
const DEFAULT_HOST = z.enum(['serve', 'next', 'adapter']).default('serve').parse(process.env['TEST_HOST']);

/** Node's compile cache, which `npm start` uses too. */
export const NODE_COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

/** How long a start may take on a slow machine, in milliseconds. */
const START_LIMIT_MS = 60_000;
/** How long a stop may take. It includes the time that the server gives running answers. */
const STOP_LIMIT_MS = 45_000;

/** A process of the product, serving on a free port of 127.0.0.1. */
export interface RunningServer {
  /** Its origin, without a slash at the end. */
  url: string;
  pid: number;
  /** The settings that it was started with. Another start with them uses the same database. */
  settings: Record<string, string>;
  /** Returns its output to stdout and stderr so far. */
  log: () => string;
  /** Ends it with SIGTERM. @returns the exit code. */
  stop: () => Promise<number | null>;
  /** Kills it with SIGKILL, like a power failure. */
  kill9: () => Promise<void>;
}

/** Thrown if a server ended instead of starting. */
export class StartError extends Error {
  override name = 'StartError';
  /** Its output, where the line of the log that says why it ended is replaced by its text. */
  readonly output: string;
  /** Its output as it was. */
  readonly raw: string;
  readonly exitCode: number | null;

  constructor(raw: string, exitCode: number | null) {
    const output = withoutJson(raw);
    super(`The server did not start (exit code ${exitCode}):\n${output}`);
    this.output = output;
    this.raw = raw;
    this.exitCode = exitCode;
  }
}

/**
 * The folders and processes to remove after the test file, or without Jest after the process, even if the test fails
 * before its `afterAll`.
 */
const folders: string[] = [];
const children: ChildProcess[] = [];

function removeAll(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
// A process of Jest runs many test files, so none of them may add a listener for its exit.
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

/** Returns the settings of a new installation, with a copy of a migrated, empty database. */
async function freshInstallation(): Promise<Record<string, string>> {
  const { TEST_DATABASE_URL, TEST_RUN, TEST_SNAPSHOT } = process.env;
  const DATA_DIR = freshFolder();
  if (TEST_DATABASE_URL) {
    const { createCopy } = await import('./postgres-databases.ts');
    return {
      DATA_DIR,
      ...databaseSettings(await createCopy(TEST_DATABASE_URL, Number(TEST_RUN), basename(DATA_DIR))),
    };
  }
  // Imported only if Jest has not created it, because this loads the whole product.
  const snapshot = TEST_SNAPSHOT ?? (await (await import('./snapshot.ts')).createSnapshot());
  await unpack(snapshot, defaultFolder(DATA_DIR));
  return { DATA_DIR };
}

/**
 * Copies the installation of a stopped server, including its secrets.
 * @returns the settings of a server on the copy.
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
  return { ...settings, DATA_DIR, ...databaseSettings(copy) };
}

/** Returns the environment of a server. It has only those variables of the tests that Node needs. */
async function settingsWith(env: Record<string, string>): Promise<Record<string, string>> {
  const { PATH = '', HOME = '' } = process.env;
  const installation = env['DATA_DIR'] === undefined ? await freshInstallation() : {};
  const limits = { AUTH_RATE_LIMIT: '100000', GUEST_RATE_LIMIT: '100000', RATE_LIMIT: '0' };
  const base = { PATH, HOME, NODE_COMPILE_CACHE, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...limits };
  return { ...base, ...installation, ...env };
}

const Fatal = z.object({ level: z.literal(60), msg: z.string() });

/** Replaces the line that says why a start has failed by its text. */
function withoutJson(output: string): string {
  return output.replaceAll(/^\{"level":60.*\}$/gm, (line) => {
    const { data } = Fatal.safeParse(JSON.parse(line));
    return data ? data.msg : line;
  });
}

async function exited(child: ChildProcess, limitMs: number): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
  }
  return child.exitCode;
}

/**
 * Starts the built server like `npm start`, or another host.
 * @param env settings besides those of a production server on a free port. Without DATA_DIR, the installation is new.
 * @param root the folder of the project, or of a bundle. Another folder can contain another version.
 * @param inside a command that runs the server elsewhere, such as in a network namespace, as the same process.
 * @throws {StartError} if it ends before it is ready.
 */
export async function startServer(
  env: Record<string, string> = {},
  host: Host = DEFAULT_HOST,
  root: string = ROOT,
  inside: string[] = [],
): Promise<RunningServer> {
  const settings = await settingsWith(env);
  const { args, ready: isReady } = HOSTS[host];
  const port = host === 'next' ? [settings['PORT'] ?? '0'] : [];
  const [program = process.execPath, ...programArgs] = [...inside, process.execPath, ...args, ...port];
  const child = spawn(program, programArgs, {
    cwd: root,
    env: { ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  // Jest ends when nothing keeps its process alive. A server that was not stopped must not keep it alive.
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
    }, START_LIMIT_MS);
    const onOutput = (chunk: string) => {
      output += chunk;
      const origin = isReady.exec(output)?.[1];
      if (origin === undefined) return;
      clearTimeout(limit);
      resolve(origin);
    };
    child.stdout.setEncoding('utf8').on('data', onOutput);
    child.stderr.setEncoding('utf8').on('data', onOutput);
    child.on('close', (code) => {
      clearTimeout(limit);
      reject(new StartError(output, code));
    });
  });
  const origin = await ready;
  // Next.js loads a route, and with it the product, on the first request.
  if (host === 'next') await fetch(`${origin}/api/ready`, { signal: AbortSignal.timeout(START_LIMIT_MS) });
  return {
    // With APP_URL, the server prints that URL, and listens on the port of its settings.
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
