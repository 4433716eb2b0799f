/** npm run check:openapi: fails if a common OpenAPI tool reports an error or a warning for src/sdk/openapi.json. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = join(ROOT, 'src/sdk/openapi.json');
/** Turns off the telemetry and the update check of Redocly's tools. */
const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const LIMIT_MS = 120_000;
const WARNS = /\b(warn(ing)?|deprecated|error)\b|⚠/i;

const folder = mkdtempSync(join(tmpdir(), 'switchboard-openapi-'));

/** Runs a tool of node_modules/.bin. @returns its output. @throws {Error} if it fails or the output has a warning. */
function run(tool: string, args: string[], { warns = WARNS } = {}): string {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...QUIET, NO_COLOR: '1' },
    timeout: LIMIT_MS,
  });
  if (status !== 0 || warns.test(stdout + stderr)) throw new Error(`${tool} reports:\n${stdout}${stderr}`);
  return stdout;
}

const Lint = z.object({ problems: z.array(z.unknown()) });

/** Checks all recommended rules, without exceptions. */
function lint(): void {
  const output = run('redocly', ['lint', '--extends=recommended', '--format=json', DOCUMENT], {
    warns: /^$/,
  });
  const { problems } = Lint.parse(JSON.parse(output));
  if (problems.length > 0) throw new Error(`redocly reports:\n${JSON.stringify(problems, null, 2)}`);
}

/** Checks that generators accept the document and that their TypeScript type-checks. */
function generate(): void {
  const types = join(folder, 'types.ts');
  const client = join(folder, 'client.ts');
  run('openapi-typescript', [DOCUMENT, '--output', types]);
  run('orval', ['--input', DOCUMENT, '--output', client, '--client', 'fetch', '--fail-on-warnings']);
  if (!readFileSync(client, 'utf8').includes('chatGet')) throw new Error('orval did not generate a client.');
  const options = ['--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'];
  run('tsc', ['--noEmit', '--ignoreConfig', ...options, types, client]);
}

try {
  lint();
  generate();
  console.log('Redocly, openapi-typescript and orval accept src/sdk/openapi.json without a warning.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
