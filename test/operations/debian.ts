import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runProgram } from '#test/run-program';

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const run = promisify(execFile);
const isInstalled = (program: string) => FOLDERS.some((folder) => existsSync(join(folder, program)));

/**
 * Installs packages of Debian whose programs are missing. It needs root, or sudo without a password.
 * @param programs the name of a program -> its package.
 * @throws {Error} with the output of apt-get.
 */
export async function installPrograms(programs: Record<string, string>): Promise<void> {
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args: string[]) =>
    runProgram('/', [...asRoot, 'apt-get', '-qq', ...args], { DEBIAN_FRONTEND: 'noninteractive' });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...missing.map(([, name]) => name));
}

/** Returns the first line that a program prints, such as its version. */
export async function firstLine(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args);
  return `${stdout}${stderr}`.trim().split('\n', 1)[0] ?? '';
}
