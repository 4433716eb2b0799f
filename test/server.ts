import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const READY = /^Switchboard is ready: (\S+)$/m;
/** How long a start may take on a slow machine, in milliseconds. */
const START_LIMIT_MS = 60_000;
/** How long a stop may take; running answers have a grace of their own. */
const STOP_LIMIT_MS = 45_000;

/** A process of the product, serving on a free port of 127.0.0.1. */
export interface RunningServer {
  /** Its origin, without a slash at the end. */
  url: string;
  pid: number;
  /** The folder of its database and secrets. */
  dataDir: string;
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

/** The temporary folders of this test file's servers; removed with the process that made them. */
const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-'));
  folders.push(folder);
  return folder;
}

/** Settings that tests start from; nothing of the environment the tests run in gets through but what Node needs. */
function settings(env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env;
  const base = { PATH, HOME, PORT: '0', HOST: '127.0.0.1', AUTH_RATE_LIMIT: '100000', LOG_LEVEL: 'warn' };
  return { ...base, DATA_DIR: env['DATA_DIR'] ?? freshFolder(), ...env, NODE_ENV: 'production' };
}

async function exited(child: ChildProcess, limitMs: number): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
  }
  return child.exitCode;
}

/**
 * Starts the built server as `npm start` does, with an empty database of its own.
 * @param env settings that differ from production's on a free port; with DATA_DIR it continues in that folder.
 * @throws {StartError} when it ends before it is ready.
 */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const variables = settings(env);
  const child = spawn(process.execPath, ['serve.ts'], {
    cwd: ROOT,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
    }, START_LIMIT_MS);
    const hear = (chunk: string) => {
      output += chunk;
      const origin = READY.exec(output)?.[1];
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
  return {
    // With APP_URL the server names that, and the port is the one it was told.
    url:
      variables['APP_URL'] === undefined
        ? origin.replace('localhost', '127.0.0.1')
        : `http://127.0.0.1:${variables['PORT']}`,
    pid: child.pid ?? 0,
    dataDir: variables['DATA_DIR'] ?? '',
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
