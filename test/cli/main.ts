/**
 * npm run test:cli: installs the packed command line as users do, runs it, and type-checks what it writes under each
 * TypeScript.
 */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '#test/run-program';
import { build } from '../../scripts/cli/build.ts';
import { T3_ENV, T3_FILES, writeFiles } from '../../src/cli/testkit.ts';

const COMPILERS = { 'TypeScript 5.9': '5.9.3', 'TypeScript 6.0': '6.0.3', 'TypeScript 7': '7.0.2' };
/** How the packages are installed. Each project also has TypeScript 7, which must not reach our generators. */
const INSTALLERS = {
  'npm, zod 4': { command: ['npm', 'install', '--no-audit', '--no-fund'], zod: '4.6.7' },
  'npm, zod 3': { command: ['npm', 'install', '--no-audit', '--no-fund'], zod: '3.25.76' },
  'pnpm, zod 4': {
    command: ['npm', 'exec', '--yes', '--package=pnpm@10.34.9', '--', 'pnpm', 'install'],
    zod: '4.6.7',
  },
};
const ROUTER = ['--router', './src/server/api/root.ts#appRouter'];

/** The use of the generated files by a client, with a call that must not compile. */
const CLIENT = `
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
import { Acme, NotFoundError } from '../sdk/dist/index.js';
import type { AppRouter } from './app-router.ts';
const trpc = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/', transformer: superjson })] });
export const found: Promise<{ input: string; at: Date }> = trpc.post.search.query('kites');
export const pong: Promise<'pong'> = trpc.later.ping.query();
// @ts-expect-error a number is no text
export const wrong = trpc.post.search.query(1);
const acme = new Acme({ baseUrl: 'http://localhost' });
export const latest: Promise<{ id: string; name: string }> = acme.post.latest();
// @ts-expect-error the name is missing
export const created = acme.post.create('1', {});
export { NotFoundError };
`;

/** Creates a project with the packed command line. @returns the path of its folder. */
async function createProject(root: string, name: string, tarball: string): Promise<string> {
  const installer = INSTALLERS[name as keyof typeof INSTALLERS];
  const folder = join(root, name.replaceAll(/\W+/g, '-'));
  writeFiles(folder, { ...T3_FILES, '.env': T3_ENV });
  // REST needs schemas of zod 4, which zod 3.25 has under another name.
  const posts = 'src/server/api/routers/post.tsx';
  writeFiles(folder, { [posts]: T3_FILES[posts].replace("'zod'", "'zod/v4'") });
  const installed = join(folder, 'node_modules/computed-exports');
  renameSync(installed, join(folder, 'computed-exports'));
  rmSync(join(folder, 'node_modules'), { recursive: true });
  const packages = {
    '@trpc/server': '11.19.0',
    '@trpc/client': '11.19.0',
    superjson: '2.2.6',
    react: '19.3.1',
    zod: installer.zod,
  };
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...packages, 'computed-exports': 'file:./computed-exports' },
    devDependencies: { typescript: COMPILERS['TypeScript 7'], '@switchboard/cli': `file:${tarball}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await runProgram(folder, installer.command);
  return folder;
}

/** Runs all commands in a project. @throws {Error} if one fails or prints something else than expected. */
async function useCommands(folder: string): Promise<void> {
  const program = join(folder, 'node_modules/.bin/switchboard-layer');
  const report = await runProgram(folder, [program, 'check', ...ROUTER]);
  if (!report.includes('4 procedures over RPC, 2 endpoints over REST')) throw new Error(report);
  JSON.parse(await runProgram(folder, [program, 'openapi', ...ROUTER]));
  // As a source, because compilers skip declarations with skipLibCheck, which other packages need.
  writeFileSync(join(folder, 'src/app-router.ts'), await runProgram(folder, [program, 'types', ...ROUTER]));
  writeFileSync(join(folder, 'api.json'), await runProgram(folder, [program, 'describe', ...ROUTER]));
  const compared = await runProgram(folder, [program, 'diff', 'api.json', ...ROUTER]);
  if (compared !== 'Nothing changed.\n') throw new Error(compared);
  await runProgram(folder, [program, 'sdk', ...ROUTER, '--out', './sdk', '--name', 'acme']);
}

/** Type-checks the generated files of a project strictly. */
async function checkTypes(folder: string, version: string): Promise<void> {
  writeFileSync(join(folder, 'src/client.ts'), CLIENT);
  const options = {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const config = { compilerOptions: options, files: ['src/client.ts', 'sdk/dist/index.d.ts'] };
  writeFileSync(join(folder, 'tsconfig.client.json'), JSON.stringify(config));
  // The client has no packages, so that its declarations are checked, too.
  const strict = { compilerOptions: { ...options, skipLibCheck: false }, files: ['sdk/dist/index.d.ts'] };
  writeFileSync(join(folder, 'tsconfig.sdk.json'), JSON.stringify(strict));
  for (const project of ['tsconfig.client.json', 'tsconfig.sdk.json']) {
    await runProgram(folder, [
      'npm',
      'exec',
      '--yes',
      `--package=typescript@${version}`,
      '--',
      'tsc',
      '-p',
      project,
    ]);
  }
}

const root = mkdtempSync(join(tmpdir(), 'layer-cli-'));
const failures: string[] = [];

/** Runs one check. If it fails, the other checks continue. */
async function step(name: string, check: () => Promise<void>): Promise<void> {
  const started = Date.now();
  try {
    await check();
    console.log(`passed  ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    failures.push(name);
    console.error(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

try {
  await runProgram(root, ['npm', 'pack', build(join(root, 'package')), '--pack-destination', root]);
  const tarball = join(root, readdirSync(root).find((name) => name.endsWith('.tgz')) ?? '');
  for (const name of Object.keys(INSTALLERS)) {
    await step(name, async () => {
      const folder = await createProject(root, name, tarball);
      await useCommands(folder);
      if (name === 'npm, zod 4') cpSync(folder, join(root, 'typed'), { recursive: true });
    });
  }
  for (const [name, version] of Object.entries(COMPILERS)) {
    await step(name, () => checkTypes(join(root, 'typed'), version));
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
if (failures.length > 0) process.exitCode = 1;
