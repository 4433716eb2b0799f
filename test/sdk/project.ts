import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The project of a user of the SDK. It contains only the SDK package of this project. */
export interface Project {
  folder: string;
  /**
   * Runs a program of a package in it, such as `node` of `node@20`.
   * @returns its output. @throws {Error} with its output if it fails.
   */
  run: (packageSpec: string, command: string[], env?: Record<string, string>) => Promise<string>;
}

const npm = (args: string[], cwd: string) =>
  run('npm', args, { cwd, timeout: 120_000, env: { ...process.env, npm_config_update_notifier: 'false' } });

/** Packs dist/sdk and installs it in a new folder, offline. */
export async function createProject(folder: string): Promise<Project> {
  mkdirSync(folder);
  await npm(['pack', join(ROOT, 'dist/sdk'), '--pack-destination', folder], folder);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await npm(['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], folder);
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (installed.join() !== '@switchboard') throw new Error(`npm installed more: ${installed.join(', ')}`);
  for (const name of ['check.mjs', 'run.mjs', 'consumer.ts']) {
    copyFileSync(join(import.meta.dirname, name), join(folder, name));
  }
  copyFileSync(join(ROOT, 'examples/ask.mjs'), join(folder, 'ask.mjs'));
  return {
    folder,
    async run(packageSpec, command, env = {}) {
      const args = ['exec', '--yes', `--package=${packageSpec}`, '--', ...command];
      const options = {
        cwd: folder,
        timeout: 120_000,
        env: { ...process.env, npm_config_update_notifier: 'false', ...env },
      };
      const { stdout } = await run('npm', args, options).catch((error: unknown) => {
        const { stdout: out = '', stderr: err = '' } = error as { stdout?: string; stderr?: string };
        throw new Error(`${command.join(' ')} (${packageSpec}) failed:\n${out}${err}`, { cause: error });
      });
      return stdout;
    },
  };
}
