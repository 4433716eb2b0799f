import { posix, win32 } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseTarget } from './target.ts';

describe('the target of --router', () => {
  test('is a file, relative to a folder, with or without an export', () => {
    expect(parseTarget('./src/root.ts#appRouter', '/app', posix)).toEqual({
      specifier: 'file:///app/src/root.ts',
      isPackage: false,
      exportName: 'appRouter',
    });
    expect(parseTarget('src/root.ts', '/app', posix)).toMatchObject({
      specifier: 'file:///app/src/root.ts',
      exportName: undefined,
    });
    expect(parseTarget('/other/c#/root.ts#$é', '/app', posix)).toMatchObject({
      specifier: 'file:///other/c%23/root.ts',
      exportName: '$é',
    });
  });

  test('is a file of Windows, whose path becomes a URL', () => {
    const folder = 'C:\\Users\\Ada Lovelace\\app';
    for (const text of ['./src/root.ts', '.\\src\\root.ts', 'src\\root.ts', `${folder}\\src\\root.ts`]) {
      expect(parseTarget(`${text}#appRouter`, folder, win32)).toEqual({
        specifier: 'file:///C:/Users/Ada%20Lovelace/app/src/root.ts',
        isPackage: false,
        exportName: 'appRouter',
      });
    }
    expect(parseTarget('D:/root.ts', folder, win32).specifier).toBe('file:///D:/root.ts');
    expect(parseTarget('\\\\server\\share\\root.ts', folder, win32).specifier).toBe(
      'file://server/share/root.ts',
    );
  });

  test('is a package, with or without a path in it', () => {
    for (const specifier of ['@acme/api', 'api', '@acme/api/root', 'api/src/root']) {
      expect(parseTarget(`${specifier}#router`, '/app', posix)).toEqual({
        specifier,
        isPackage: true,
        exportName: 'router',
      });
    }
  });
});
