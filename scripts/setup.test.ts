import { describe, expect, test } from '@jest/globals';
import { evaluate } from './testkit';

const npmCommand = (env: NodeJS.Dict<string>, platform: NodeJS.Platform) =>
  evaluate('setup.mjs', `script.npmCommand(${JSON.stringify(env)}, '${platform}')`);

describe('npm is run', () => {
  test.each([
    ['/usr/lib/node_modules/npm/bin/npm-cli.js', 'linux'],
    ['C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js', 'win32'],
  ] as const)('as the one that started this: %s', async (cli, platform) => {
    expect(await npmCommand({ npm_execpath: cli }, platform)).toEqual({
      command: process.execPath,
      args: [cli],
      shell: false,
    });
  });

  test.each([
    ['linux', false],
    ['win32', true],
  ] as const)('by its name where another program started this, on %s', async (platform, shell) => {
    expect(await npmCommand({ npm_execpath: '/usr/bin/pnpm.cjs' }, platform)).toEqual({
      command: 'npm',
      args: [],
      shell,
    });
  });
});

test('a program that a shell runs gets all of its arguments', async () => {
  const code = await evaluate('setup.mjs', `script.run('exit', ['7'], { shell: true })`);
  expect(code).toBe(7);
});
