// @ts-check
/**
 * What the commands share. It runs on Node.js 20 with nothing installed: plain JavaScript, no packages.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { passStopsTo } from './stop.mjs';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Node runs TypeScript by itself from 22.18 on; Jest loads ESM-only packages from 24.9 on. */
const OLDEST_NODE = [24, 9];

const LOCK = join(ROOT, '.data/setup.lock');
/** What Node has compiled is kept for the next start. */
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

/** For an error whose message says all: it is shown without a stack. It has none if what is wrong was shown before. */
export class SetupError extends Error {}

/**
 * Tells a person what is going on. Standard output is the program's own.
 * @param {string} text
 */
export function say(text) {
  console.error(text);
}

/**
 * A file's text, or undefined when there is none.
 * @param {string} file
 */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Runs a command of this project and ends the process with what it returns.
 * @param {() => Promise<number>} work returns the exit code
 */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.message !== '') say(error.message);
    process.exitCode = 1;
  }
}

/**
 * Does `work` unless `isDone`, while no other process installs or builds.
 * @param {() => boolean} isDone
 * @param {() => Promise<void>} work
 */
export async function once(isDone, work) {
  if (isDone()) return;
  await withLock(
    LOCK,
    async () => {
      if (!isDone()) await work();
    },
    (pid) => {
      say(`Waiting for process ${pid}, which is installing or building …`);
    },
  );
}

/**
 * Runs a program of this project to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string>, shell?: boolean }} [options] `quiet` shows its output only when it
 *   fails; a `shell` takes the arguments as they are, so they must not have spaces or anything else that means something to it.
 * @returns {Promise<number>} its exit code; 128 and the signal's number when a signal ended it
 */
export function run(command, args, { quiet = false, env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const [program, rest] = shell ? [[command, ...args].join(' '), []] : [command, args];
    const child = spawn(program, rest, {
      shell,
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    /** @type {Buffer[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    }

    const endPassing = passStopsTo(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      endPassing();
      const status = signal ? 128 + constants.signals[signal] : (code ?? 1);
      if (status !== 0) process.stderr.write(Buffer.concat(output));
      resolve(status);
    });
  });
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }} Package */
/** @typedef {{ packages: Record<string, Package> }} LockFile */

/** @param {string} text of a lock file */
const packagesOf = (text) => /** @type {LockFile} */ (JSON.parse(text)).packages;

/**
 * Whether npm's record of what it installed agrees with the lock file. It leaves out what other platforms need.
 * @param {string} root the folder of the project
 * @param {'all' | 'production'} need `production` does without the packages that only develop, test and build.
 */
export function isInstalled(root, need) {
  const record = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const wanted = packagesOf(readIfThere(join(root, 'package-lock.json')) ?? '');
  const present = packagesOf(record);
  return Object.entries(wanted).every(([path, { version, integrity, optional, dev, devOptional }]) => {
    if (path === '') return true;
    const found = present[path];
    if (found) return found.version === version && found.integrity === integrity;
    return optional === true || (need === 'production' && (dev === true || devOptional === true));
  });
}

/**
 * Refuses to replace what another package manager has installed, or would install: the packages are those of package-lock.json.
 * @throws {SetupError}
 */
function checkPackageManager() {
  const [manager = ''] = (process.env['npm_config_user_agent'] ?? '').split('/', 1);
  if (manager === '' || manager === 'npm') return;
  const command = process.env['npm_lifecycle_event'] ?? 'start';
  throw new SetupError(
    `Switchboard is installed with npm, by package-lock.json, and this is ${manager}: use "npm ${command === 'start' || command === 'test' ? '' : 'run '}${command}" instead.`,
  );
}

/**
 * How to run npm: where npm started this, the same one. On Windows any other is a .cmd file, which needs a shell.
 * @param {NodeJS.Dict<string>} env
 * @param {NodeJS.Platform} platform
 */
export function npmCommand({ npm_execpath: cli }, platform) {
  if (cli?.endsWith('npm-cli.js')) return { command: process.execPath, args: [cli], shell: false };
  return { command: 'npm', args: [], shell: platform === 'win32' };
}

async function install() {
  checkPackageManager();
  say('Installing packages (npm ci) …');
  const { command, args, shell } = npmCommand(process.env, process.platform);
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run(command, [...args, ...options], { shell }).catch((/** @type {unknown} */ error) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? new SetupError(
          'npm was not found, and the packages are not installed: install npm, which comes with Node.js.',
        )
      : error;
  });
  if (code !== 0) throw new SetupError('The packages could not be installed; npm says why above.');
  if (!isInstalled(ROOT, 'all'))
    throw new SetupError('npm ci has left packages out. Please delete node_modules and try again.');
}

/**
 * A Node.js that is new enough: the running one, or the one that npm installed with the packages.
 * @returns {string} its path
 */
function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath;
  const bundled = join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(bundled)) return bundled;
  throw new SetupError(
    `Switchboard needs Node.js ${OLDEST_NODE.join('.')} or later and this is ${process.versions.node}. ` +
      'npm installs a newer one with the packages, but did not: run "npm rebuild node", or install Node.js 24.',
  );
}

/**
 * Installs the packages when they are missing or not those of package-lock.json.
 * @param {'all' | 'production'} [need] a server of a build that is there needs those of production only
 * @returns {Promise<string>} the path of a Node.js that runs this project
 */
export async function prepare(need = 'all') {
  await once(() => isInstalled(ROOT, need), install);
  return findNode();
}

/** Has Node.js read .env, where there is one. */
export const envFile = () => (existsSync(join(ROOT, '.env')) ? ['--env-file=.env'] : []);

/**
 * Checks the settings before a build; the server does so when it starts.
 * @param {string} node the path of Node.js
 * @param {Record<string, string>} settings that win over the environment and .env
 * @throws {SetupError} after what is wrong was shown
 */
export async function checkSettings(node, settings) {
  const code = await run(node, [...envFile(), 'scripts/check-start.ts'], { env: settings });
  if (code !== 0) throw new SetupError();
}

/**
 * Runs the server, with the variables of .env where there is one.
 * @param {string} node the path of Node.js
 * @param {'production' | 'development'} mode
 * @param {Record<string, string>} settings that win over the environment and .env
 * @returns {Promise<number>} its exit code
 */
export function serve(node, mode, settings) {
  const { NODE_COMPILE_CACHE = COMPILE_CACHE } = process.env;
  return run(node, [...envFile(), 'serve.ts'], { env: { NODE_ENV: mode, NODE_COMPILE_CACHE, ...settings } });
}
