// @ts-check
/**
 * What the commands share. It runs on Node.js 20 with nothing installed: plain JavaScript, no packages.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Node runs TypeScript by itself from 22.18 on; Jest loads ESM-only packages from 24.9 on. */
const OLDEST_NODE = [24, 9];

const LOCK = join(ROOT, '.data/setup.lock');
/** What Node has compiled is kept for the next start. */
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');
const INSTALLED = join(ROOT, 'node_modules/.switchboard-lock-hash');

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
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options] `quiet` shows its output only when it fails.
 * @returns {Promise<number>} its exit code; 128 and the signal's number when a signal ended it
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    /** @type {Buffer[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    }

    let isStopping = false;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      if (!isStopping) child.kill(signal);
      isStopping = true;
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);

    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      const status = signal ? 128 + constants.signals[signal] : (code ?? 1);
      if (status !== 0) process.stderr.write(Buffer.concat(output));
      resolve(status);
    });
  });
}

/** @typedef {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} LockFile */

/** @param {string} text of a lock file */
const packagesOf = (text) => /** @type {LockFile} */ (JSON.parse(text)).packages;

/** Whether npm's record of what it installed agrees with the lock file. It leaves out what other platforms need. */
function isInstalled() {
  const lock = readIfThere(join(ROOT, 'package-lock.json')) ?? '';
  const hash = createHash('sha256').update(lock).digest('hex');
  if (readIfThere(INSTALLED) === hash) return true;

  const record = readIfThere(join(ROOT, 'node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const wanted = packagesOf(lock);
  const present = packagesOf(record);
  const agrees = Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
  if (agrees) writeFileSync(INSTALLED, hash);
  return agrees;
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

async function install() {
  checkPackageManager();
  say('Installing packages (npm ci) …');
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // Where npm started this, the same npm goes on; its .cmd file on Windows would need a shell.
  const npm = process.env['npm_execpath'];
  const code = npm?.endsWith('npm-cli.js')
    ? await run(process.execPath, [npm, ...options])
    : await run('npm', options);
  if (code !== 0) throw new SetupError('The packages could not be installed; npm says why above.');
  if (!isInstalled())
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
 * @returns {Promise<string>} the path of a Node.js that runs this project
 */
export async function prepare() {
  await once(isInstalled, install);
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
