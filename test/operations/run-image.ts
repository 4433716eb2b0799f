import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { PRODUCT } from '#contract/product';
import { until } from '#test/client';
import { freePort } from '#test/listen';
import type { RunningServer } from '#test/server';
import type { Image } from './image.ts';

const READY = new RegExp(`${PRODUCT.name} is ready: `);
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 45_000;
const EXEC_LIMIT_MS = 60_000;
/** What runtimes of containers set if an image does not. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Mounts a root as runtimes of containers do with `read_only`: only the volume and /tmp can be written. Then it becomes the
 * program of its arguments. It runs in namespaces of its own, so nothing has to be unmounted.
 */
const MOUNT = `set -eu
mount --bind "$ROOT" "$ROOT"
mount --bind "$VOLUME" "$ROOT$MOUNT_POINT"
mount -t tmpfs -o size=256m,mode=1777 tmpfs "$ROOT/tmp"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -o remount,bind,ro "$ROOT"
exec "$@"`;

/** The end of a program. */
export interface Ended {
  code: number | null;
  output: string;
}

/** A running container. */
export interface Container extends RunningServer {
  /** The time until it was ready, in milliseconds. */
  readyMs: number;
  /** Runs a program in it, like `docker exec`. */
  exec: (...command: string[]) => Promise<Ended>;
}

async function ended(child: ChildProcess, limitMs: number): Promise<Ended> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close', { signal: AbortSignal.timeout(limitMs) });
  return { code: child.exitCode, output };
}

/** Returns the process that `unshare` has started, as soon as it is in its root. */
async function firstProcess(unshare: number): Promise<number> {
  const read = () => {
    const children = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8');
    const pid = Number(children.trim().split(' ', 1)[0]);
    return pid > 0 && readlinkSync(`/proc/${pid}/root`) !== '/' ? pid : undefined;
  };
  return (
    (await until(
      () => Promise.resolve(read()),
      (pid) => pid !== undefined,
    )) ?? 0
  );
}

/**
 * Runs the command of an image as process 1 of its own namespace, as its user, without capabilities, on its root, which it
 * cannot write. It shares the network of this machine. It needs root on Linux.
 * @param volume a folder of the user, for the volume of the image.
 * @param settings besides those of the image.
 * @param onStarted called when the process runs, and is not ready.
 * @throws {Error} with its output if it ends before it is ready, or takes a minute.
 */
export async function runImage(
  { root, config }: Image,
  volume: string,
  settings: Record<string, string>,
  onStarted: (exec: Container['exec']) => Promise<void> = () => Promise.resolve(),
): Promise<Container> {
  const port = await freePort();
  const [user = '', group = ''] = config.User.split(':');
  const own = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const env: Record<string, string> = { PATH, HOME: '/', ...own, ...settings, PORT: String(port) };
  const [mountPoint = ''] = Object.keys(config.Volumes);
  const as = ['--setgid', group, '--setuid', user];
  const inRoot = ['setpriv', '--no-new-privs', 'unshare', '--root', root, '--wd', config.WorkingDir, ...as];
  const began = performance.now();
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child=SIGKILL'],
      ...['sh', '-c', MOUNT, 'sh', ...inRoot, ...config.Cmd],
    ],
    {
      env: { ...env, NODE_ENV: 'production', ROOT: root, VOLUME: volume, MOUNT_POINT: mountPoint },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    const limit = setTimeout(kill, START_LIMIT_MS);
    const onOutput = (text: string) => {
      log += text;
      if (!READY.test(log)) return;
      clearTimeout(limit);
      resolve();
    };
    child.stdout.setEncoding('utf8').on('data', onOutput);
    child.stderr.setEncoding('utf8').on('data', onOutput);
    child.once('close', (code) => {
      clearTimeout(limit);
      process.off('exit', kill);
      reject(new Error(`The container ended with ${code}:\n${log}`));
    });
  });
  const exit = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    }
    return child.exitCode;
  };
  const exec = async (...command: string[]) => {
    const target = [
      '--target',
      String(await firstProcess(child.pid ?? 0)),
      '--mount',
      '--pid',
      '--root',
      '--wd',
    ];
    const inside = spawn('nsenter', [...target, ...as, ...command], {
      env: { ...env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return ended(inside, EXEC_LIMIT_MS);
  };
  await Promise.all([ready, onStarted(exec)]).catch((error: unknown) => {
    kill();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    settings: env,
    log: () => log,
    readyMs: Math.round(performance.now() - began),
    exec,
    async stop() {
      process.kill(await firstProcess(child.pid ?? 0), 'SIGTERM');
      return exit();
    },
    async kill9() {
      kill();
      await exit();
    },
  };
}
