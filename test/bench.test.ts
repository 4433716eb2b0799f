import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProgram } from './run-program.ts';

const ROOT = join(import.meta.dirname, '..');

test.each([
  [['--rounds', '0'], '--rounds must be a whole number from 1 to 100, not "0".'],
  [['--rounds'], '--rounds must be a whole number from 1 to 100, but has no value.'],
  [['--part', 'nope'], '--part must be one of scale, editor, styles, not "nope".'],
  [['--nope'], '--nope is not an option of this suite, which has --rounds, --part.'],
])('a benchmark with the options %j fails with one sentence', async (options, sentence) => {
  const run = runProgram(ROOT, [process.execPath, 'bench/main.ts', 'types', ...options]);
  await expect(run).rejects.toThrow(new RegExp(`failed:\n${sentence}\n$`));
});
