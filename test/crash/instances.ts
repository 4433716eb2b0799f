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
/** How much of what a failed instance said is shown. */
const LAST_WORDS = 2_000;

interface Life {
  child: ChildProcess;
  /** What it has written to standard error. */
  log: string;
}

/** Processes of the product that are started again whenever they die, each on a port of its own. */
export interface Instances {
  /** Their origins, which stay the same. */
  urls: string[];
  /** Waits until each can serve. @throws {Error} after three minutes. */
  ready: () => Promise<void>;
  /**
   * Ends one as a power cut would, whatever it is doing; a moment later it is started again.
   * @returns whether it was alive.
   */
  kill9: (index: number) => boolean;
  /** What they have written to standard error, a string for each process that has lived. */
  logs: () => string[];
  /** Ends all for good, with SIGTERM. */
  stop: () => Promise<void>;
}

/**
 * Starts `count` instances.
 * @param settings the environment they have in common.
 * @param onFault told when one ends that nobody has killed.
 */
export async function startInstances(
  count: number,
  settings: Record<string, string>,
  random: Random,
  onFault: (fault: string) => void,
): Promise<Instances> {
  /** All that have lived. */
  const lives: Life[] = [];
  const current = new Map<number, Life>();
  let stopping = false;

  async function live(index: number, port: number): Promise<void> {
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
    const life: Life = { child, log: '' };
    lives.push(life);
    current.set(index, life);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      life.log += text;
    });
    await once(child, 'exit');
    if (stopping ? child.exitCode !== 0 : child.signalCode !== 'SIGKILL') {
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      onFault(`instance ${index} ended by itself (${how}): ${life.log.slice(-LAST_WORDS)}`);
    }
  }

  async function keepAlive(index: number, port: number): Promise<void> {
    if (stopping) return;
    await live(index, port);
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
      const giveUpAt = Date.now() + START_LIMIT_MS;
      for (const [index, url] of urls.entries()) {
        while (!(await isReady(url))) {
          if (Date.now() > giveUpAt) {
            throw new Error(
              `instance ${index} does not become ready: ${current.get(index)?.log.slice(-LAST_WORDS)}`,
            );
          }
          await pause(100);
        }
      }
    },
    kill9: (index) => current.get(index)?.child.kill('SIGKILL') ?? false,
    logs: () => lives.map(({ log }) => log),
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

/** Free ports out of those that the system gives to no outgoing connection, so that they still are free after a kill. */
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
