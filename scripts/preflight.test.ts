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

const taken = createServer();
const taking = listen(taken);
afterAll(() => {
  taken.close();
});

/** The project without installed packages. */
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

describe('a start that cannot succeed reports it in one line before it installs anything', () => {
  test.each(['start', 'dev'])('npm %s on a port that is in use', async (command) => {
    const port = await taking;
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
    ['a port that is not a number', { PORT: 'http' }, line('PORT=http is not a port', 'PORT=3000')],
    ['a port that is too high', { PORT: '70000' }, line('PORT=70000', '65535')],
    [
      'an IP address of another machine',
      { HOST: '203.0.113.1' },
      line('HOST=203.0.113.1', 'not an address of this machine', '127.0.0.1'),
    ],
    ['an unknown host name', { HOST: 'nowhere.invalid' }, line('HOST=nowhere.invalid', '0.0.0.0')],
    [
      'a system folder',
      { DATA_DIR: '/sys/switchboard' },
      line('DATA_DIR is /sys/switchboard', 'cannot be written to'),
    ],
    [
      'a database in a system folder',
      { DATABASE_URL: 'file:/sys/db' },
      line('DATABASE_URL is /sys/db', 'cannot be written to'),
    ],
  ])('%s', async (_, env, said) => {
    expect(await start(env)).toMatch(said);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('a folder in /proc, where Node would try to create one forever', async () => {
    const said = line('DATA_DIR is /proc/switchboard/data', 'cannot be written to \\(ENOENT\\)');
    expect(await start({ DATA_DIR: '/proc/switchboard/data' })).toMatch(said);
  });

  test('a data folder that is a file or inside a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await start({ DATA_DIR: 'file' })).toMatch(line('DATA_DIR is', 'which is a file'));
    expect(await start({ DATA_DIR: 'file/data' })).toMatch(line('DATA_DIR is', 'which is a file'));
  });

  test.each([
    [['--turbo'], line('--turbo is not known', '-p PORT')],
    [['4171'], line('4171 is not known')],
    [['-p'], line('-p needs a value')],
  ])('the arguments %j', async (args, said) => {
    expect(await start({}, args)).toMatch(said);
  });

  test.each([
    ['PROT=4171', line('\\.env sets PROT', 'did you mean PORT')],
    ['AI_MODLE=guide', line('\\.env sets AI_MODLE', 'did you mean AI_MODEL')],
    ['DATABSE_URL=x\nPORT=1', line('\\.env sets DATABSE_URL', 'did you mean DATABASE_URL')],
    ['port=4171', line('\\.env sets port', 'did you mean PORT')],
    ['\uFEFFPORT=4171', line('\\.env begins with a byte order mark', 'UTF-8 without BOM')],
  ])('%j in .env', async (text, said) => {
    writeFileSync(join(folder, '.env'), text);
    expect(await start({ PORT: '' })).toMatch(said);
  });

  test.each(['pnpm', 'yarn', 'bun'])('%s, which would install other packages', async (manager) => {
    const env = { npm_config_user_agent: `${manager}/10.0.0 npm/? node/v24.0.0 linux x64` };
    const said = line('is installed with npm', `this is ${manager}`, 'use "npm start"');
    expect(await start({ ...env, npm_lifecycle_event: 'start' })).toMatch(said);
    const dev = await start({ ...env, npm_lifecycle_event: 'dev' }, [], 'dev');
    expect(dev).toMatch(line(`this is ${manager}`, 'use "npm run dev"'));
  });

  test('settings of .env, which those of the environment override', async () => {
    writeFileSync(join(folder, '.env'), 'HOST=203.0.113.1\n');
    expect(await start({})).toMatch(line('HOST=203.0.113.1'));
    expect(await start({ HOST: '203.0.113.2' })).toMatch(line('HOST=203.0.113.2'));
  });
});

test('warns about an unknown name, but not about names that other programs read', async () => {
  writeFileSync(join(folder, '.env'), 'OTEL_SERVICE=x\nHTTPS_PROXY=y\nNODE_OPTIONS=\nTEST_DATABASE_URL=z\n');
  const said = await start({});
  expect(said).toContain('.env sets OTEL_SERVICE, which is not a setting');
  expect(said).not.toMatch(/sets (HTTPS_PROXY|NODE_OPTIONS|TEST_)/);
  expect(said).toContain('Installing packages');
});
