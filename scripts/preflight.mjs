// @ts-check
/**
 * Finds the most common errors of a start within a second, before anything is installed or built. Like setup.mjs, it
 * runs without installed packages. server/env.ts checks the rest.
 */
import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import * as util from 'node:util';
import { readIfThere, ROOT, say, SetupError } from './setup.mjs';

const BYTE_ORDER_MARK = '\uFEFF';
/** A name with at most this edit distance from a setting is reported as a typo. */
const NEAR = 2;
/** Names of variables that other programs read. */
const OTHERS = /^(NODE_|npm_|NEXT_|TEST_|TZ$|LANG$|LC_|PATH$|https?_proxy$|no_proxy$)/i;

/** @typedef {{ PORT?: string, HOST?: string }} StartOptions */

/** The settings that `npm start -- -p 4171` can give. @type {Record<string, keyof StartOptions>} */
const OPTIONS = { '-p': 'PORT', '--port': 'PORT', '-H': 'HOST', '--host': 'HOST', '--hostname': 'HOST' };

/**
 * Reads the arguments of a start.
 * @param {string[]} args
 * @returns {StartOptions}
 * @throws {SetupError} for any other argument.
 */
export function readOptions(args) {
  /** @type {StartOptions} */
  const options = {};
  const left = args.flatMap((arg) => (arg.startsWith('--') ? arg.split('=', 2) : [arg]));
  while (left.length > 0) {
    const [name = '', value] = left.splice(0, 2);
    const setting = OPTIONS[name];
    if (setting === undefined) {
      throw new SetupError(
        `The argument ${name} is not known. Use -p PORT and -H HOST; all other settings are environment variables (.env.example).`,
      );
    }
    if (value === undefined)
      throw new SetupError(
        `${name} needs a value, for example ${name} ${setting === 'PORT' ? '4171' : '127.0.0.1'}.`,
      );
    options[setting] = value;
  }
  return options;
}

/** Returns the edit distance, counting swaps as one edit. @param {string} a @param {string} b */
function distance(a, b) {
  /** @type {number[][]} */
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] ?? [];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (rows[i - 2]?.[j - 2] ?? Infinity) + 1 : Infinity;
      row[j] = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same, swapped);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}

/**
 * Reads .env like Node.js does and checks its names.
 * @param {string} root the folder of the project.
 * @returns {NodeJS.Dict<string>}
 * @throws {SetupError} for a name that is close to a setting, and for a byte order mark.
 */
function readEnvFile(root) {
  const text = readIfThere(join(root, '.env')) ?? '';
  if (text.startsWith(BYTE_ORDER_MARK)) {
    throw new SetupError(
      '.env begins with a byte order mark, which would become part of the first name: save it as "UTF-8 without BOM".',
    );
  }
  // Available from Node.js 20.12 on. In older versions, the settings are checked after the packages are installed.
  if (typeof util.parseEnv !== 'function') return {};
  const values = util.parseEnv(text);
  const names = [...(readIfThere(join(root, '.env.example')) ?? '').matchAll(/^(\w+)=/gm)].map(
    ([, name = '']) => name,
  );
  for (const name of Object.keys(values)) {
    if (names.includes(name) || OTHERS.test(name)) continue;
    const [near] = names
      .map((known) => ({ known, letters: distance(name.toUpperCase(), known) }))
      .filter(({ letters }) => letters <= NEAR)
      .sort((a, b) => a.letters - b.letters);
    if (near) throw new SetupError(`.env sets ${name}, which is not a setting: did you mean ${near.known}?`);
    say(`.env sets ${name}, which is not a setting. See docs/configuration.md.`);
  }
  return values;
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : String(error));

/**
 * Returns why the server cannot listen on a port, and what to do.
 * @param {unknown} error the error of `listen`.
 * @param {{ port: number, host: string }} place
 * @returns {string | undefined} undefined for any other error.
 */
export function listenProblem(error, { port, host }) {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} is in use: stop the program that uses it, or choose another port, for example PORT=${port < 65535 ? port + 1 : 3000}.`;
    case 'EACCES':
      return `Port ${port} needs privileges that this user does not have: choose a port from 1024 on, for example PORT=3000.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `HOST=${host} is not an address of this machine: use 0.0.0.0 for all of its addresses, or 127.0.0.1 for local connections only.`;
    default:
      return undefined;
  }
}

/** Checks that the port is free by listening briefly. @param {{ port: number, host: string }} place @returns {Promise<void>} */
async function checkPort(place) {
  const server = createServer();
  try {
    await /** @type {Promise<void>} */ (
      new Promise((done, reject) => {
        server.once('error', reject);
        server.listen(place, () => done());
      })
    );
  } catch (error) {
    throw new SetupError(
      listenProblem(error, place) ?? `Port ${place.port} of ${place.host} cannot be used: ${codeOf(error)}.`,
    );
  }
  await new Promise((done) => server.close(done));
}

/**
 * Checks that a folder is writable, or if it does not exist, that its nearest existing parent is.
 * @param {string} folder
 * @param {string} setting the name of the setting.
 * @throws {SetupError}
 */
export function checkFolder(folder, setting) {
  let place = folder;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    rmdirSync(mkdtempSync(join(place, '.write-test-')));
  } catch (error) {
    throw new SetupError(
      statSync(place, { throwIfNoEntry: false })?.isFile()
        ? `${setting} is ${folder}, which is a file or inside a file: set it to a folder.`
        : `${setting} is ${folder}, which cannot be written to (${codeOf(error)}): give this user write access, or set it to another folder.`,
    );
  }
}

/**
 * Checks the arguments, .env, the port and the data folder.
 * @param {string[]} args the arguments of the command.
 * @param {string} [root] the folder of the project.
 * @returns {Promise<StartOptions>} the settings from the arguments.
 * @throws {SetupError} with the error and the remedy.
 */
export async function preflight(args, root = ROOT) {
  const options = readOptions(args);
  /** @type {NodeJS.Dict<string>} */
  const values = { ...readEnvFile(root), ...process.env, ...options };
  /** @param {string} name @param {string} fallback */
  const setting = (name, fallback) => (values[name] === '' ? undefined : values[name]) ?? fallback;
  const port = Number(setting('PORT', '3000'));
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new SetupError(
      `PORT=${setting('PORT', '')} is not a port: use a number from 0 to 65535, for example PORT=3000.`,
    );
  }
  await checkPort({ port, host: setting('HOST', '0.0.0.0') });
  const database = setting('DATABASE_URL', '');
  if (database.startsWith('file:'))
    checkFolder(resolve(root, database.slice('file:'.length)), 'DATABASE_URL');
  const needsNoFolder = database.startsWith('postgres') && values['AUTH_SECRET'] && values['ENCRYPTION_KEY'];
  if (!needsNoFolder) checkFolder(resolve(root, setting('DATA_DIR', '.data')), 'DATA_DIR');
  return options;
}
