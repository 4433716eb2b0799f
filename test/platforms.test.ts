import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, win32 } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { databaseLocation } from '#server/db/folder';
import { posixPath } from '#server/posix-path';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

interface Rule {
  why: string;
  pattern: RegExp;
  /** A text that the pattern must match, so that a mistake in the pattern is noticed. */
  example: string;
}

const SCRIPT_RULES: Rule[] = [
  {
    why: 'a builtin of sh',
    pattern: /(^|&& )(exec|export|source|set|trap|test|\.) /,
    example: 'exec node scripts/start.mjs',
  },
  {
    why: 'a setting before a command',
    pattern: /(^|&& )\w+=/,
    example: 'NODE_ENV=test node scripts/test.mjs',
  },
  { why: 'single quotes, which cmd.exe passes on', pattern: /'/, example: "prettier --check 'src/**'" },
  {
    why: 'a variable, a pipe, or commands that are not joined by &&',
    pattern: /[$`;|<>]|(^|[^&])&([^&]|$)/,
    example: 'node a.mjs & node b.mjs',
  },
  {
    why: 'a program of Unix',
    pattern: /(^|&& )(rm|cp|mv|mkdir|cat|sh|bash|env|kill|sleep|touch|chmod)( |$)/,
    example: 'rm -rf dist',
  },
  { why: 'a path of an executable', pattern: /(^|&& )\.?\//, example: './scripts/x' },
];

const SOURCE_RULES: Rule[] = [
  {
    why: 'the path of a file URL is no path on Windows: use fileURLToPath, or import.meta.dirname',
    pattern: /import\.meta\.url[^;\n]*\)\.pathname|import\.meta\.url\.(slice|replace)/,
    example: "new URL('..', import.meta.url).pathname",
  },
  {
    why: 'npm and similar programs are .cmd files on Windows: use npmCommand of scripts/setup.mjs',
    pattern: /\b(spawn|spawnSync|execFile|execFileSync|run)\(\s*['"`](npm|npx|pnpm|yarn)['"`]/,
    example: "spawn('npm', ['ci'])",
  },
  {
    why: 'a program of Unix',
    pattern:
      /\b(spawn|spawnSync|execFile|execFileSync|run)\(\s*['"`](sh|bash|rm|cp|mv|mkdir|ls|which|kill|ps)['"`]/,
    example: "execFileSync('which', ['node'])",
  },
  {
    why: 'a shell, which differs between platforms',
    pattern: /(?<![.\w])exec(Sync)?\(\s*['"`]/,
    example: "execSync('ls -la')",
  },
  {
    why: 'a folder that exists only on Unix: use tmpdir of node:os',
    pattern: /['"`]\/(tmp|dev|proc)(\/|['"`])/,
    example: "join('/tmp', 'x')",
  },
  {
    why: 'a signal that Windows does not have',
    pattern: /process\.(on|once)\(\s*['"]SIG(?!INT|TERM|HUP|BREAK)/,
    example: "process.on('SIGUSR2', dump)",
  },
  {
    why: 'a user number, which Windows does not have',
    pattern: /process\.gete?[ug]id\b(?!\?)/,
    example: 'process.getuid()',
  },
];

const found = (rules: Rule[], text: string) =>
  rules.filter(({ pattern }) => pattern.test(text)).map(({ why }) => why);

test.each([...SCRIPT_RULES, ...SOURCE_RULES])('the check finds: $why', ({ pattern, example }) => {
  expect(example).toMatch(pattern);
});

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

test.each(Object.entries(scripts))('npm run %s works in every shell', (_, command) => {
  expect(found(SCRIPT_RULES, command)).toEqual([]);
});

test('sources run on every platform', () => {
  const folders = ['app', 'routers', 'scripts', 'serve', 'server', 'src'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => `${folder}/${posixPath(name)}`),
  );
  const alone = ['serve.ts', 'proxy.ts', 'next.config.ts', 'jest.config.ts', 'drizzle.config.ts'];
  const problems = [...files, ...alone].flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => found(SOURCE_RULES, line).map((why) => `${file}:${index + 1}: ${why}`)),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(problems).toEqual([]);
});

describe('paths', () => {
  test.each([
    [posix, 'chunks/a-1.js'],
    [win32, 'chunks\\a-1.js'],
  ])('have slashes in URLs and responses', (path, name) => {
    expect(path.join('chunks', 'a-1.js')).toBe(name);
    expect(posixPath(name, path)).toBe('chunks/a-1.js');
  });

  test('keep a backslash that is part of a name', () => {
    expect(posixPath('odd\\name.md', posix)).toBe('odd\\name.md');
  });

  test('of Windows are accepted for the embedded database', () => {
    expect(databaseLocation({ DATABASE_URL: 'file:C:\\data\\db', DATA_DIR: '.data' })).toEqual({
      folder: 'C:\\data\\db',
    });
    const byDefault = databaseLocation({ DATABASE_URL: undefined, DATA_DIR: 'C:\\data' });
    expect('folder' in byDefault && win32.normalize(byDefault.folder)).toBe('C:\\data\\db');
  });
});

test('the workflow tests the versions of Node.js that README.md names', () => {
  const [, oldest] = /You need Node\.js (\d+) or later/.exec(read('README.md')) ?? [];
  const [, list = ''] = /\n +node: \[(.+)\]\n/.exec(read('.github/workflows/test.yml')) ?? [];
  const versions = list.split(', ');
  expect(versions[0]).toBe(oldest);
  expect(versions.at(-1)).toBe(read('.nvmrc').split('.', 1)[0]);
  expect(read('package.json')).toContain(`"node": ">=${oldest}"`);
});
