import { expect, test } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { pino } from 'pino';
import { serializers } from './index.ts';
import { formatLine } from './pretty.ts';

/** Returns a line of the log of production for people, without its time. */
function shown(fields: object, text: string): string[] {
  const lines: string[] = [];
  const log = pino({ serializers }, { write: (line: string) => lines.push(line) });
  log.error(fields, text);
  const [, ...shownLines] = /^\S+ (.*)\n$/s.exec(formatLine(lines.join(''), (_, part) => part)) ?? [];
  return shownLines.join('').split('\n');
}

test('formatLine writes a described error with its fields, its place and its cause', () => {
  const cause = Object.assign(new Error('a row with pa55word'), { name: 'PostgresError', code: '23505' });
  const lines = shown(
    { err: new DrizzleQueryError('select $1', ['pa55word'], cause), status: 500 },
    'failed',
  );
  expect(lines[0]).toBe('ERROR failed');
  expect(lines[1]).toBe('    Error statement=select $1');
  expect(lines[2]).toBe('    status=500');
  expect(lines[3]).toMatch(/^ {8}at .*server\/log\/pretty\.test\.ts:\d+:\d+\)?$/);
  expect(lines).toContain('    caused by PostgresError sqlstate=23505');
  expect(lines.join('')).not.toContain('pa55word');
});

test('formatLine writes no characters that control a terminal, and no line breaks of fields', () => {
  expect(shown({ text: 'a\u001B[31mb\nERROR c\u009Bd', requestId: 'r1' }, 'failed')).toEqual([
    'ERROR failed text=a [31mb ERROR c d request r1',
  ]);
});
