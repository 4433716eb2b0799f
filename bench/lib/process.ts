import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/** Whether programs can be held to a core of their own here. */
export const CAN_PIN = existsSync('/usr/bin/taskset') && cpus().length > 1;

/** The core of the server that is measured, and the one of all that puts load on it. `both` is for a start. */
const CORES = { server: '0', load: '1', both: '0,1' };

/** Holds this process, which makes the load, to the core of the load. */
export function pinThisProcess(): void {
  if (CAN_PIN) execFileSync('taskset', ['-a', '-c', '-p', CORES.load, String(process.pid)]);
}

/** A program that was started. */
export interface Program {
  pid: number;
  /** What `ready` found in the output. */
  match: RegExpExecArray;
  /** Ends it, by force when it takes longer than ten seconds. */
  stop: () => Promise<void>;
}

interface ProgramOptions {
  core: keyof typeof CORES;
  /** In its output: it can be used. */
  ready: RegExp;
  cwd?: string;
  env?: Record<string, string>;
  /** `ignore` is /dev/null: nobody spends time on reading it. */
  stderr?: 'ignore';
}

/**
 * Starts a Node.js program and waits until it is ready. It sees PATH and `env` only.
 * @throws {Error} with its output when it ends, or is not ready within a minute.
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
  if (child.pid === undefined) throw new Error(`${args.join(' ')} has no process.`);
  return { pid: child.pid, match, stop: () => end(child) };
}

function untilReady(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (what: string) => reject(new Error(`${child.spawnargs.join(' ')} ${what}:\n${output}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('was not ready in time');
    }, START_LIMIT_MS);
    const hear = (text: Buffer) => {
      output += text.toString();
      const match = ready.exec(output);
      if (!match) return;
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', hear).resume();
      resolve(match);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Not `exit`: npm may end before the server that it started, which holds the other end of its output until then.
  const exited = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}
