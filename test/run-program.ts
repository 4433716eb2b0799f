import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LIMIT_MS = 300_000;
const MAX_OUTPUT = 2 ** 26;

const exec = promisify(execFile);

/**
 * Runs a program in a folder.
 * @param env additional environment variables.
 * @returns its output.
 * @throws {Error} with its output if it fails, or takes five minutes.
 */
export async function runProgram(
  folder: string,
  [program = '', ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await exec(program, args, {
    cwd: folder,
    env: { ...process.env, npm_config_update_notifier: 'false', ...env },
    timeout: LIMIT_MS,
    maxBuffer: MAX_OUTPUT,
  }).catch((cause: unknown) => {
    const { stdout: out = '', stderr: err = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${out}${err}`, { cause });
  });
  return stdout;
}
