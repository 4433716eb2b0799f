// @ts-check
/**
 * Functions that all commands share. This file must run on Node.js 20 without installed packages, so it is plain
 * JavaScript.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { forwardStopSignals } from './stop.mjs';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Node runs TypeScript by itself from 22.18 on; Jest loads ESM-only packages from 24.9 on. */
export const OLDEST_NODE = [24, 9];

const LOCK = join(ROOT, '.data/setup.lock');
/** Node's compile cache, which is kept for the next start. */
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

/**
 * V8's options for the server. With its default of at most 16 MB for new objects, objects that live as long as a request
 * are copied over and over while many answers are written, and while modules are loaded at the start.
 */
export const SERVER_OPTIONS = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

/** An error that is shown without a stack. Its message is empty if the reason was shown before. */
export class SetupError extends Error {}

/**
 * Prints a status message to stderr, because stdout belongs to the program.
 * @param {string} text
 */
export function say(text) {
  console.error(text);
}

/**
 * Returns the text of a file, or undefined if it does not exist.
 * @param {string} file
 */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Runs a command of this project. Its result becomes the exit code of the process.
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
 * Does `work` unless `isDone`, holding a lock so that no other process installs or builds at the same time.
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
 * Runs a program of this project until it exits.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string>, shell?: boolean }} [options] `quiet` shows the output only if the
 *   program fails. With `shell`, arguments are not quoted, so they must not have spaces or other special characters.
 * @returns {Promise<number>} the exit code, or 128 plus the signal's number if a signal ended the program
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

    const stopForwarding = forwardStopSignals(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stopForwarding();
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
 * True if npm's record of installed packages matches the lock file. Packages for other platforms are ignored.
 * @param {string} root the folder of the project
 * @param {'all' | 'production'} need `production` ignores packages for development, tests and builds.
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
 * Rejects other package managers, because only npm installs the packages of package-lock.json.
 * @throws {SetupError}
 */
function checkPackageManager() {
  const [manager = ''] = (process.env['npm_config_user_agent'] ?? '').split('/', 1);
  if (manager === '' || manager === 'npm') return;
  const command = process.env['npm_lifecycle_event'] ?? 'start';
  throw new SetupError(
    `Packages are installed with npm and package-lock.json, but this is ${manager}: use "npm ${command === 'start' || command === 'test' ? '' : 'run '}${command}" instead.`,
  );
}

/**
 * Returns how to run npm: the same npm that started this process, if there is one. On Windows, any other npm is a .cmd
 * file, which needs a shell.
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
          'npm was not found, so the packages cannot be installed. Install npm, which comes with Node.js.',
        )
      : error;
  });
  if (code !== 0) throw new SetupError('The packages could not be installed. See the output of npm above.');
  if (!isInstalled(ROOT, 'all'))
    throw new SetupError(
      'npm ci did not install all packages. Delete node_modules and run this command again.',
    );
}

/**
 * Finds a Node.js that is new enough: the running one, or the one that npm installed with the packages.
 * @returns {string} its path
 */
function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath;
  const bundled = join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(bundled)) return bundled;
  throw new SetupError(
    `This project needs Node.js ${OLDEST_NODE.join('.')} or later, but this is ${process.versions.node}. ` +
      'The newer one among the packages is missing: run "npm rebuild node", or install Node.js 24.',
  );
}

/**
 * Installs the packages if any are missing or differ from package-lock.json.
 * @param {'all' | 'production'} [need] `production` is enough to serve an existing build
 * @returns {Promise<string>} the path of a Node.js that runs this project
 */
export async function prepare(need = 'all') {
  await once(() => isInstalled(ROOT, need), install);
  return findNode();
}

/** Returns the arguments that make Node.js read .env, if it exists. */
export const envFile = () => (existsSync(join(ROOT, '.env')) ? ['--env-file=.env'] : []);

/**
 * Checks the settings before a build. The server checks them again when it starts.
 * @param {string} node the path of Node.js
 * @param {Record<string, string>} settings settings that override the environment and .env
 * @throws {SetupError} after the reason was shown
 */
export async function checkSettings(node, settings) {
  const code = await run(node, [...envFile(), 'scripts/check-start.ts'], { env: settings });
  if (code !== 0) throw new SetupError();
}

/**
 * Runs the server with the variables of .env, if it exists.
 * @param {string} node the path of Node.js
 * @param {'production' | 'development'} mode
 * @param {Record<string, string>} settings settings that override the environment and .env
 * @returns {Promise<number>} its exit code
 */
export function serve(node, mode, settings) {
  const { NODE_COMPILE_CACHE = COMPILE_CACHE } = process.env;
  return run(node, [...SERVER_OPTIONS, ...envFile(), 'serve.ts'], {
    env: { NODE_ENV: mode, NODE_COMPILE_CACHE, ...settings },
  });
}
