import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './process.ts';

const INSTALL_LIMIT_MS = 5 * 60_000;

/**
 * Installs the packages of a folder of bench/, if the installed ones are not those of its package-lock.json.
 * @throws {Error} with npm's output if the installation fails or takes longer than five minutes.
 */
export async function installPeers(name: 'peers' | 'viewers' | 'lighthouse' = 'peers'): Promise<void> {
  const folder = join(ROOT, 'bench', name);
  const installed = join(folder, 'node_modules/.lock-hash');
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === hash) return;
  console.error(`Installing the packages of bench/${name} (npm ci) …`);
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const [command, args]: [string, string[]] = npm?.endsWith('.js')
    ? [process.execPath, [npm, ...options]]
    : ['npm', options];
  await promisify(execFile)(command, args, { cwd: folder, timeout: INSTALL_LIMIT_MS });
  writeFileSync(installed, hash);
}
