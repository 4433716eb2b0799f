import { expect, test } from '@jest/globals';
import { isAtLeast, programVersion } from './version.ts';

test('versions are compared by their numbers', () => {
  expect(isAtLeast(programVersion(), programVersion())).toBe(true);
  expect(isAtLeast('0.10.0', '0.9.9')).toBe(true);
  expect(isAtLeast('1.0.0', '0.9.9')).toBe(true);
  expect(isAtLeast('0.2.0-rc.1', '0.2.0')).toBe(true);
  expect(isAtLeast('0.9.9', '0.10.0')).toBe(false);
  expect(isAtLeast('0.1.0', '0.1.1')).toBe(false);
});

test('what is no version is never recent enough', () => {
  expect(isAtLeast('0.1', '0.1.0')).toBe(false);
  expect(isAtLeast('0.1.0', 'next')).toBe(false);
});
