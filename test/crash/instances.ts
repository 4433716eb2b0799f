import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NODE_COMPILE_CACHE } from '#test/server';
import type { Random } from './random.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 45_000;
const RESTART_LIMIT_MS = 1_000;
/** The time for a start on a busy machine and for locks to be trusted after it, in milliseconds. */
const WITNESS_MS = 12_000;
/** How many characters of the log of a failed instance are shown. */
const LOG_TAIL = 2_000;

interface Process {
  child: ChildProcess;
  /** When it was started, by `performance.now()`. */
  since: number;
  /** Its output to standard error. */
  log: string;
}

/** Processes of the product, each on its own port. They restart whenever they die. */
export interface Instances {
  /** Their origins, which do not change. */
  urls: string[];
  /** Waits until all are ready. @throws {Error} after three minutes. */
  ready: () => Promise<void>;
  /**
   * Kills one like a power failure. It restarts a moment later.
   * @returns true if it was alive.
   */
  kill9: (index: number) => boolean;
  /** True if another one than this has been running long enough to notice that this one dies. */
  hasWitness: (index: number) => boolean;
  /** Returns their output to standard error, one string per process. */
  logs: () => string[];
  /** Stops all permanently, with SIGTERM. */
  stop: () => Promise<void>;
}

/**
 * Starts `count` instances.
 * @param settings their common environment.
 * @param onFault called if one ends that was not killed.
 */
export async function startInstances(
  count: number,
  settings: Record<string, string>,
  random: Random,
  onFault: (fault: string) => void,
): Promise<Instances> {
  /** All processes, including those that have ended. */
  const processes: Process[] = [];
  const current = new Map<number, Process>();
  let stopping = false;

  async function run(index: number, port: number): Promise<void> {
    const { PATH = '', HOME = '' } = process.env;
    const env = {
      PATH,
      HOME,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE,
      HOST: '127.0.0.1',
      PORT: String(port),
      ...settings,
    } as const;
    const child = spawn(process.execPath, ['serve.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const running: Process = { child, since: performance.now(), log: '' };
    processes.push(running);
    current.set(index, running);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      running.log += text;
    });
    await once(child, 'exit');
    if (stopping ? child.exitCode !== 0 : child.signalCode !== 'SIGKILL') {
      const reason = child.signalCode ?? `exit code ${child.exitCode}`;
      onFault(`instance ${index} ended by itself (${reason}): ${running.log.slice(-LOG_TAIL)}`);
    }
  }

  async function keepAlive(index: number, port: number): Promise<void> {
    if (stopping) return;
    await run(index, port);
    await pause(random.between(0, RESTART_LIMIT_MS));
    await keepAlive(index, port);
  }

  const killAll = () => {
    for (const { child } of current.values()) child.kill('SIGKILL');
  };
  process.on('exit', killAll);
  const ports = await freePorts(count, random);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const ended = ports.map((port, index) => keepAlive(index, port));

  return {
    urls,
    async ready() {
      const deadline = Date.now() + START_LIMIT_MS;
      for (const [index, url] of urls.entries()) {
        while (!(await isReady(url))) {
          if (Date.now() > deadline) {
            throw new Error(
              `instance ${index} does not become ready: ${current.get(index)?.log.slice(-LOG_TAIL)}`,
            );
          }
          await pause(100);
        }
      }
    },
    kill9: (index) => current.get(index)?.child.kill('SIGKILL') ?? false,
    hasWitness: (index) =>
      [...current].some(
        ([other, { child, since }]) =>
          other !== index &&
          child.exitCode === null &&
          child.signalCode === null &&
          performance.now() - since > WITNESS_MS,
      ),
    logs: () => processes.map(({ log }) => log),
    async stop() {
      stopping = true;
      for (const { child } of current.values()) child.kill('SIGTERM');
      const limit = setTimeout(killAll, STOP_LIMIT_MS);
      await Promise.all(ended);
      clearTimeout(limit);
      process.off('exit', killAll);
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Returns free ports from a range that the system does not use for outgoing connections, so they stay free. */
async function freePorts(count: number, random: Random): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = Math.floor(random.between(20_000, 30_000));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
