import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The project folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/** True if this machine can pin programs to separate cores. */
export const CAN_PIN = existsSync('/usr/bin/taskset') && cpus().length > 1;

/** The core of the measured server, and that of everything that puts load on it. `both` is for measuring a start. */
const CORES = { server: '0', load: '1', both: '0,1' };

/** Pins this process and what it starts. Default: to the core of the load, because most suites create the load here. */
export function pinThisProcess(core: keyof typeof CORES = 'load'): void {
  if (CAN_PIN) execFileSync('taskset', ['-a', '-c', '-p', CORES[core], String(process.pid)]);
}

/** A running program. */
export interface Program {
  pid: number;
  /** The match of `ready` in the output. */
  match: RegExpExecArray;
  /** Stops the program, and kills it if that takes longer than ten seconds. */
  stop: () => Promise<void>;
}

interface ProgramOptions {
  core: keyof typeof CORES;
  /** Matches the output of a program that is ready for use. */
  ready: RegExp;
  cwd?: string;
  env?: Record<string, string>;
  /** `ignore` is /dev/null, so that no process spends time on reading it. */
  stderr?: 'ignore';
}

/**
 * Starts a Node.js program and waits until it is ready. Its environment has only PATH and `env`.
 * @throws {Error} with the output of the program if it ends, or is not ready within a minute.
 */
export async function startProgram(args: string[], options: ProgramOptions): Promise<Program> {
  const { core, ready, cwd = ROOT, env = {}, stderr = 'pipe' } = options;
  const pinned = CAN_PIN ? ['taskset', '-c', CORES[core]] : [];
  const [command = process.execPath, ...rest] = [...pinned, process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd,
    env: { PATH: process.env['PATH'], NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', stderr],
  });
  const match = await untilReady(child, ready);
  if (child.pid === undefined) throw new Error(`${args.join(' ')} has no process id.`);
  return { pid: child.pid, match, stop: () => end(child) };
}

function untilReady(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => reject(new Error(`${child.spawnargs.join(' ')} ${reason}:\n${output}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('was not ready in time');
    }, START_LIMIT_MS);
    const onOutput = (text: Buffer) => {
      output += text.toString();
      const match = ready.exec(output);
      if (!match) return;
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', onOutput).resume();
      resolve(match);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // `close`, not `exit`: npm may end before its server does. The server keeps the output open until it ends.
  const exited = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}
