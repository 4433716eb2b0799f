import { describe, expect, test } from '@jest/globals';
import { evaluate } from './testkit';

const npmCommand = (env: NodeJS.Dict<string>, platform: NodeJS.Platform) =>
  evaluate('setup.mjs', `script.npmCommand(${JSON.stringify(env)}, '${platform}')`);

describe('npmCommand', () => {
  test.each([
    ['/usr/lib/node_modules/npm/bin/npm-cli.js', 'linux'],
    ['C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js', 'win32'],
  ] as const)('returns the npm that started this process: %s', async (cli, platform) => {
    expect(await npmCommand({ npm_execpath: cli }, platform)).toEqual({
      command: process.execPath,
      args: [cli],
      shell: false,
    });
  });

  test.each([
    ['linux', false],
    ['win32', true],
  ] as const)(
    'returns npm by name if another program started this process, on %s',
    async (platform, shell) => {
      expect(await npmCommand({ npm_execpath: '/usr/bin/pnpm.cjs' }, platform)).toEqual({
        command: 'npm',
        args: [],
        shell,
      });
    },
  );
});

test('run passes all arguments to a program in a shell', async () => {
  const code = await evaluate('setup.mjs', `script.run('exit', ['7'], { shell: true })`);
  expect(code).toBe(7);
});
