import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 45_000;
const RESTART_LIMIT_MS = 1_000;
/** How much of what a failed instance said is shown. */
const LAST_WORDS = 2_000;

/** Processes of the product that are started again whenever they die, each on a port of its own. */
export interface Instances {
  /** Their origins, which stay the same. */
  urls: string[];
  /** Waits until each can serve. @throws {Error} after a minute. */
  ready: () => Promise<void>;
  /**
   * Ends one as a power cut would, whatever it is doing; a moment later it is started again.
   * @returns whether it was alive.
   */
  kill9: (index: number) => boolean;
  /** What those that have ended had written to standard error, a string for each. */
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
  const logs: string[] = [];
  const children: (ChildProcess | undefined)[] = [];
  let stopping = false;

  async function live(index: number, port: number): Promise<void> {
    const { PATH = '', HOME = '' } = process.env;
    const env = {
      PATH,
      HOME,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...settings,
    } as const;
    const child = spawn(process.execPath, ['serve.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children[index] = child;
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await once(child, 'close');
    logs.push(log);
    if (stopping ? child.exitCode !== 0 : child.signalCode !== 'SIGKILL') {
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      onFault(`instance ${index} ended by itself (${how}): ${log.slice(-LAST_WORDS)}`);
    }
  }

  async function keepAlive(index: number, port: number): Promise<void> {
    if (stopping) return;
    await live(index, port);
    await pause(random.between(0, RESTART_LIMIT_MS));
    await keepAlive(index, port);
  }

  const killAll = () => {
    for (const child of children) child?.kill('SIGKILL');
  };
  process.on('exit', killAll);
  const ports = await freePorts(count, random);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const lives = ports.map((port, index) => keepAlive(index, port));

  return {
    urls,
    async ready() {
      const limit = AbortSignal.timeout(START_LIMIT_MS);
      for (const url of urls) while (!(await isReady(url))) await pause(100, undefined, { signal: limit });
    },
    kill9: (index) => children[index]?.kill('SIGKILL') ?? false,
    logs: () => logs,
    async stop() {
      stopping = true;
      for (const child of children) child?.kill('SIGTERM');
      const limit = setTimeout(killAll, STOP_LIMIT_MS);
      await Promise.all(lives);
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
