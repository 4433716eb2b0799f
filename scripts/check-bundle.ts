/** npm run check:bundle: fails if a file sent to browsers contains a secret or server code. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { settings } from '#server/env';

const ROOT = join(import.meta.dirname, '..');
/** Client chunks and prerendered pages. */
const SENT = ['.next/static/**/*.{js,css,json,map}', '.next/server/app/**/*.{html,rsc,body,meta}'];

/** Texts that are in the server build of a package but not in its client build. */
const PACKAGES: Record<string, string[]> = {
  '@ai-sdk/anthropic': ['api.anthropic.com'],
  '@ai-sdk/google': ['generativelanguage.googleapis.com'],
  '@ai-sdk/openai': ['api.openai.com'],
  '@electric-sql/pglite': ['pglite.wasm', 'pglite.data'],
  'better-auth': ['BETTER_AUTH_SECRET'],
  'drizzle-orm': ['drizzle:entityKind'],
  pino: ['pino.metadata'],
  postgres: ['pg_catalog.pg_type'],
};

/** Shorter texts, single words and media types may also occur elsewhere. */
const SENTENCE = /^(?![a-z]+\/[a-z]+;)(?=.* ).{20,}$/;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const textOf = (pattern: string) => globSync(pattern, { cwd: ROOT }).map(read).join('\n');

/** Returns texts that only our server code has: the sentences among its string literals. */
function serverMarkers(): string[] {
  const shared = textOf('{app,src}/**/*.{ts,tsx}');
  const sources = globSync('{server,routers}/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] });
  const literals = sources.flatMap((path) =>
    Array.from(read(path).matchAll(/'([^'\\\n]+)'/g), ([, text = '']) => text),
  );
  return [...new Set(literals)].filter((text) => SENTENCE.test(text) && !shared.includes(text));
}

/** Returns all secrets of this installation by name: from the environment, .env and the generated file. */
function secrets(): [name: string, value: string][] {
  if (existsSync(join(ROOT, '.env'))) process.loadEnvFile(join(ROOT, '.env'));
  const names = settings().map(({ name }) => name);
  const set = names
    .filter((name) => /(KEY|SECRET|DATABASE_(DIRECT_)?URL)$/.test(name))
    .map((name): [string, string] => [name, process.env[name] ?? '']);
  const file = join(ROOT, process.env['DATA_DIR'] ?? '.data', 'secrets.json');
  const generated = existsSync(file)
    ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))
    : {};
  return [...set, ...Object.entries(generated)].filter(([, value]) => value !== '');
}

const forbidden: { label: string; text: string }[] = [
  ...secrets().map(([name, text]) => ({ label: `the value of ${name}`, text })),
  ...Object.entries(PACKAGES).flatMap(([name, texts]) =>
    texts.map((text) => ({ label: `${name} ("${text}")`, text })),
  ),
  ...serverMarkers().map((text) => ({ label: `server code ("${text}")`, text })),
];

const files = globSync(SENT, { cwd: ROOT });
if (!files.some((path) => path.endsWith('.js'))) throw new Error('No build found. Run npm run build first.');
let findings = 0;
for (const path of files) {
  const content = read(path);
  for (const { label, text } of forbidden) {
    if (!content.includes(text)) continue;
    console.error(`${path} contains ${label}`);
    findings += 1;
  }
}
console.log(`${findings} findings: ${files.length} files searched for ${forbidden.length} texts.`);
if (findings > 0) process.exitCode = 1;
