import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'switchboard-preflight-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const otherServer = createServer();
const usedPort = listen(otherServer);
afterAll(() => {
  otherServer.close();
});

/** Copies the project without installed packages. */
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(join(folder, 'empty-bin'), { recursive: true });
  for (const name of ['scripts', 'package.json', 'package-lock.json', '.env.example']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
});

/** Runs like `npm start -- …args`, but without npm. @returns the exit code and the output. */
function start(env: Record<string, string>, args: string[] = [], command = 'start'): Promise<string> {
  return new Promise((resolve) => {
    const own = { PATH: join(folder, 'empty-bin'), PORT: '0', NODE_ENV: 'production' as const, ...env };
    const script = join(folder, 'scripts', `${command}.mjs`);
    execFile(process.execPath, [script, ...args], { env: own, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve(`${error?.code ?? 0}: ${stdout}${stderr}`);
    });
  });
}

/** Matches an exit code of 1 and one line that has these words, in order. */
const line = (...words: string[]) => new RegExp(`^1: [^\\n]*${words.join('[^\\n]*')}[^\\n]*\\n$`);

describe('a start fails with one line, before it installs anything, if', () => {
  test.each(['start', 'dev'])('the port is in use (npm run %s)', async (command) => {
    const port = await usedPort;
    const free = `PORT=${port + 1}`;
    const options = { HOST: '127.0.0.1' };
    expect(await start({ ...options, PORT: `${port}` }, [], command)).toMatch(
      line(`Port ${port} is in use`, free),
    );
    for (const args of [['-p', `${port}`], ['--port', `${port}`], [`--port=${port}`]]) {
      expect(await start(options, args, command)).toMatch(line(`Port ${port} is in use`, free));
    }
  });

  test.each([
    ['PORT is not a number', { PORT: 'http' }, line('PORT=http is not a port', 'PORT=3000')],
    ['PORT is too high', { PORT: '70000' }, line('PORT=70000', '65535')],
    [
      'HOST is an IP address of another machine',
      { HOST: '203.0.113.1' },
      line('HOST=203.0.113.1', 'not an address of this machine', '127.0.0.1'),
    ],
    ['HOST is an unknown host name', { HOST: 'nowhere.invalid' }, line('HOST=nowhere.invalid', '0.0.0.0')],
    [
      'DATA_DIR is in a system folder',
      { DATA_DIR: '/sys/switchboard' },
      line('DATA_DIR is /sys/switchboard', 'cannot be written to'),
    ],
    [
      'DATABASE_URL is in a system folder',
      { DATABASE_URL: 'file:/sys/db' },
      line('DATABASE_URL is /sys/db', 'cannot be written to'),
    ],
  ])('%s', async (_, env, expected) => {
    expect(await start(env)).toMatch(expected);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  // In /proc, Node would try to create the folder forever.
  onLinux('DATA_DIR is in /proc', async () => {
    const expected = line('DATA_DIR is /proc/switchboard/data', 'cannot be written to \\(ENOENT\\)');
    expect(await start({ DATA_DIR: '/proc/switchboard/data' })).toMatch(expected);
  });

  test('DATA_DIR is a file or inside a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await start({ DATA_DIR: 'file' })).toMatch(line('DATA_DIR is', 'which is a file'));
    expect(await start({ DATA_DIR: 'file/data' })).toMatch(line('DATA_DIR is', 'which is a file'));
  });

  test.each([
    [['--turbo'], line('--turbo is not known', '-p PORT')],
    [['4171'], line('4171 is not known')],
    [['-p'], line('-p needs a value')],
  ])('the arguments are %j', async (args, expected) => {
    expect(await start({}, args)).toMatch(expected);
  });

  test.each([
    ['PROT=4171', line('\\.env sets PROT', 'did you mean PORT')],
    ['AI_MODLE=guide', line('\\.env sets AI_MODLE', 'did you mean AI_MODEL')],
    ['DATABSE_URL=x\nPORT=1', line('\\.env sets DATABSE_URL', 'did you mean DATABASE_URL')],
    ['port=4171', line('\\.env sets port', 'did you mean PORT')],
    ['\uFEFFPORT=4171', line('\\.env begins with a byte order mark', 'UTF-8 without BOM')],
  ])('.env contains %j', async (text, expected) => {
    writeFileSync(join(folder, '.env'), text);
    expect(await start({ PORT: '' })).toMatch(expected);
  });

  test.each(['pnpm', 'yarn', 'bun'])('%s runs it, which would install other packages', async (manager) => {
    const env = { npm_config_user_agent: `${manager}/10.0.0 npm/? node/v24.0.0 linux x64` };
    const expected = line('Packages are installed with npm', `this is ${manager}`, 'use "npm start"');
    expect(await start({ ...env, npm_lifecycle_event: 'start' })).toMatch(expected);
    const dev = await start({ ...env, npm_lifecycle_event: 'dev' }, [], 'dev');
    expect(dev).toMatch(line(`this is ${manager}`, 'use "npm run dev"'));
  });

  test('a setting is invalid in .env, or in the environment, which overrides .env', async () => {
    writeFileSync(join(folder, '.env'), 'HOST=203.0.113.1\n');
    expect(await start({})).toMatch(line('HOST=203.0.113.1'));
    expect(await start({ HOST: '203.0.113.2' })).toMatch(line('HOST=203.0.113.2'));
  });
});

test('a start warns about an unknown name in .env, but not about names that other programs read', async () => {
  writeFileSync(join(folder, '.env'), 'OTEL_SERVICE=x\nHTTPS_PROXY=y\nNODE_OPTIONS=\nTEST_DATABASE_URL=z\n');
  const output = await start({});
  expect(output).toContain('.env sets OTEL_SERVICE, which is not a setting');
  expect(output).not.toMatch(/sets (HTTPS_PROXY|NODE_OPTIONS|TEST_)/);
  expect(output).toContain('Installing packages');
});
