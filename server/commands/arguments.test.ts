import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { helpText, parseCommandLine } from './arguments.ts';
import { CommandError } from './command.ts';
import { commands } from './index.ts';

const FOLDER = join(import.meta.dirname, 'x');

/** Returns the error of a command line. */
function errorOf(...args: string[]): CommandError {
  try {
    parseCommandLine(args, FOLDER);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('The command line is right.');
}

test('a command line names a command, its arguments and its options', () => {
  expect(parseCommandLine(['account', 'show', 'ada@example.com'], FOLDER)).toMatchObject({
    command: { name: 'account show' },
    input: { email: 'ada@example.com' },
  });
  expect(parseCommandLine(['account', 'list', '--search', 'ada', '--limit=5'], FOLDER)).toMatchObject({
    input: { search: 'ada', limit: '5' },
  });
});

test('the path of a file is relative to the folder of the caller', () => {
  expect(parseCommandLine(['backup', 'a.zip'], FOLDER)).toMatchObject({
    command: { name: 'backup' },
    input: { file: join(FOLDER, 'a.zip') },
  });
});

test.each([[[]], [['--help']], [['-h']], [['account', 'list', '--help']]])('%j shows the help', (args) => {
  expect(parseCommandLine(args, FOLDER)).toBe('help');
});

test('the help has each command with its options', () => {
  const help = helpText();
  for (const { name, options } of commands) {
    expect(help).toContain(`  ${name}`);
    for (const option of Object.keys(options)) expect(help).toContain(`--${option}`);
  }
});

test.each([
  [['ada@example.com'], /^There is no command ada@example\.com\. The commands are account list, /],
  [['account'], /^There is no command account\. The commands are account list, /],
  [['account', 'show'], /^account show: EMAIL is missing\. Run it with --help/],
  [['account', 'show', 'a@b.c', 'x'], /^account show: the argument x has no meaning\./],
  [['account', 'show', '--force', 'a@b.c'], /^account show: Unknown option '--force'\. Run it with/],
  [['account', 'list', '--limit', 'many'], /^account list: --limit .*\.$/],
  [['account', 'list', '--limit', '0'], /^account list: --limit .*\.$/],
  [['account', 'list', '--search'], /^account list: Option '--search <value>' argument missing\. Run/],
  [['account', 'show', ''], /^account show: EMAIL .*\.$/],
])('%j is rejected in one line, with exit code 2', (args, message) => {
  const error = errorOf(...args);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('\n');
  expect(error.exitCode).toBe(2);
});
