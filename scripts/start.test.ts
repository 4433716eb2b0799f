import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { until } from '#test/client';

const ROOT = join(import.meta.dirname, '..');
const LockFile = z.object({ packages: z.record(z.string(), z.looseObject({})) });
type Packages = z.output<typeof LockFile>['packages'];

const { packages } = LockFile.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
/** The packages that `npm ci --omit=dev` records. */
const production = Object.fromEntries(
  Object.entries(packages).filter(([path, entry]) => path !== '' && entry['dev'] !== true),
);

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-start-'));
  for (const name of ['scripts', 'package.json', 'package-lock.json', '.env.example']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'serve.ts'), "console.log('serves');\n");
  writeFileSync(join(folder, 'admin.ts'), "console.log('runs a command');\n");
  await build();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Creates the files that a build of the sources creates. */
async function build(): Promise<void> {
  mkdirSync(join(folder, '.next'));
  writeFileSync(join(folder, '.next/BUILD_ID'), 'x');
  const program = `
    import { writeFileSync } from 'node:fs';
    import { sourceHash } from './scripts/next-build.mjs';
    writeFileSync('.next/source-hash', sourceHash());`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  expect(await once(child, 'exit')).toEqual([0, null]);
}

function install(installed: Packages): void {
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
}

/** Runs a command without npm. @returns the exit code and the output. */
function run(command: string): Promise<string> {
  const env = { PATH: join(folder, 'nowhere'), PORT: '0', NODE_ENV: 'production' as const };
  const script = join(folder, 'scripts', `${command}.mjs`);
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve(`${error?.code ?? 0}: ${stdout}${stderr}`);
    });
  });
}

/** Returns `all` without one package. */
const without = (all: Packages, name: string): Packages =>
  Object.fromEntries(Object.entries(all).filter(([path]) => path !== `node_modules/${name}`));

describe('after npm ci --omit=dev, with a build', () => {
  test.each([
    ['start', 'serves'],
    ['admin', 'runs a command'],
  ])('npm run %s installs nothing', async (command, output) => {
    install(production);
    expect(await run(command)).toBe(`0: ${output}\n`);
  });

  test('npm start installs packages for production that are missing or of another version', async () => {
    install(without(production, 'next'));
    expect(await run('start')).toContain('Installing packages');
    rmSync(join(folder, 'node_modules'), { recursive: true });
    install({ ...production, 'node_modules/next': { ...production['node_modules/next'], version: '1.0.0' } });
    expect(await run('start')).toContain('Installing packages');
  });

  test('npm start installs all packages if it has to build, and reports a missing npm', async () => {
    install(production);
    writeFileSync(join(folder, 'proxy.ts'), '');
    expect(await run('start')).toMatch(/^1: Installing packages.*\n.*npm was not found.*\n$/);
  });

  test('npm run build needs all packages', async () => {
    install(production);
    expect(await run('build')).toContain('Installing packages');
  });

  test('the packages include Node.js, because the installed one may be too old', () => {
    expect(Object.keys(production)).toContain('node_modules/node');
  });
});

/** A server that records when it is ready and which signal stops it. It takes a second to stop. */
const SERVER = `
  import { writeFileSync } from 'node:fs';
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => {
    writeFileSync('stopping', signal);
    setTimeout(() => { writeFileSync('stopped', signal); process.exit(0); }, 1000);
  });
  setInterval(() => undefined, 1000);
  writeFileSync('ready', '');
`;

const onPosix = process.platform === 'win32' ? test.skip : test;

describe('SIGTERM', () => {
  /** Runs a start command, sends it SIGTERM, and waits until the server has stopped gracefully. */
  async function startAndStop(command: string, args: string[], env: Record<string, string>): Promise<void> {
    install(production);
    writeFileSync(join(folder, 'serve.ts'), SERVER);
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, PORT: '0', ...env },
      stdio: 'ignore',
    });
    const exit = once(child, 'exit');
    const has = (name: string) => () => Promise.resolve(existsSync(join(folder, name)));
    await until(has('ready'), (is) => is, 20_000);
    child.kill('SIGTERM');
    await exit;
    await until(has('stopped'), (is) => is, 10_000);
    expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('SIGTERM');
  }

  onPosix('to npm start stops the server gracefully', async () => {
    await startAndStop('npm', ['start'], {});
  });

  onPosix('to a shell of npm that waits for the command stops the server gracefully', async () => {
    const env = { npm_lifecycle_event: 'start' };
    await startAndStop('sh', ['-c', `"${process.execPath}" scripts/start.mjs; exit $?`], env);
  });

  onPosix('to the command itself ends the command after the server', async () => {
    await startAndStop(process.execPath, ['scripts/start.mjs'], { npm_lifecycle_event: 'start' });
  });
});
