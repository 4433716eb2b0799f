// @ts-check
/**
 * The program of a bundle: node . in its folder serves. Older versions of Node.js run this file, too, because they could
 * not run the others, and would give no reason that helps.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} version @returns {number[]} */
const numbersOf = (version) => version.split('.').map(Number);

/** @param {string} version @param {string} oldest */
function isOlder(version, oldest) {
  const [major = 0, minor = 0] = numbersOf(version);
  const [oldestMajor = 0, oldestMinor = 0] = numbersOf(oldest);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** @type {{ engines: { node: string } }} */
const { engines } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const oldest = engines.node.replace('>=', '');

if (isOlder(process.versions.node, oldest)) {
  console.error(`This server needs Node.js ${oldest} or later, but this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  process.chdir(fileURLToPath(new URL('.', import.meta.url)));
  if (existsSync('.env')) process.loadEnvFile('.env');
  // A bundle has no development server.
  Object.assign(process.env, { NODE_ENV: 'production' });
  await import(new URL('serve.ts', import.meta.url).href);
}
