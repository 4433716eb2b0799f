import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const SOURCE = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'resolution.ts')).href);
const onPosix = process.platform === 'win32' ? test.skip : test;

let root: string;
function write(name: string, content: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
}
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'switchboard-resolution-')));
  write('package.json', '{"type":"module","imports":{"#own/*":"./own/*.js"}}');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Runs main.js with and without remembered resolutions. @returns both outputs. */
async function runBoth(): Promise<[remembered: string, plain: string]> {
  const program = (first: string) =>
    `${first}; await import('./main.js').then(undefined, (error) => console.log(error.code))`;
  const programs = [`(await import(${SOURCE})).rememberResolutions()`, ''].map(program);
  const [remembered = '', plain = ''] = await Promise.all(
    programs.map(async (text) => {
      const args = ['--input-type=module', '--eval', text];
      return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
    }),
  );
  return [remembered, plain];
}

test('remembered resolutions are the same as those of Node', async () => {
  write('main.js', "import '#own/a'; import './own/a.js'; import './own/deep/b.js'; import 'alone';");
  write('own/a.js', "import '#own/deep/b'; import 'two/part.js'; import 'old'; console.log(import.meta.url)");
  write('own/deep/b.js', "import 'two/part.js'; import './a.js'; console.log(import.meta.url)");
  write('own/deep/a.js', 'console.log(import.meta.url)');
  write('node_modules/two/package.json', '{"type":"module","exports":{"./part.js":"./lib/part.js"}}');
  write('node_modules/two/lib/part.js', "import './x.js'; import '../other/x.js'; import 'inner';");
  write('node_modules/two/lib/x.js', 'console.log(import.meta.url)');
  // The nearest package.json decides, also if it is not the one of the package.
  write('node_modules/two/other/package.json', '{"type":"commonjs"}');
  write('node_modules/two/other/x.js', 'console.log(typeof require, module.id)');
  // Two versions of a package.
  write('node_modules/two/node_modules/inner/package.json', '{"type":"module","exports":"./i.js"}');
  write('node_modules/two/node_modules/inner/i.js', 'console.log(import.meta.url)');
  write('node_modules/inner/package.json', '{"type":"module","exports":"./i.js"}');
  write('node_modules/inner/i.js', 'console.log(import.meta.url)');
  write(
    'node_modules/alone/package.json',
    '{"type":"module","exports":{"import":"./a.mjs","require":"./a.cjs"}}',
  );
  write(
    'node_modules/alone/a.mjs',
    "import 'inner'; import { createRequire } from 'node:module'; createRequire(import.meta.url)('alone')",
  );
  write('node_modules/alone/a.cjs', 'console.log(__filename)');
  write('node_modules/old/package.json', '{}');
  write('node_modules/old/index.js', "require('./part.js'); require('alone')");
  write('node_modules/old/part.js', 'console.log(__filename)');

  const [remembered, plain] = await runBoth();
  expect(plain.match(/inner/g)).toHaveLength(2);
  expect(remembered).toBe(plain);
});

test('a missing module of a package has the error of Node', async () => {
  write('main.js', "import 'broken'");
  write('node_modules/broken/package.json', '{"type":"module","exports":"./index.js"}');
  write('node_modules/broken/index.js', "import './missing.js'");
  expect(await runBoth()).toEqual(['ERR_MODULE_NOT_FOUND\n', 'ERR_MODULE_NOT_FOUND\n']);
});

onPosix('links inside of a package are followed', async () => {
  write('main.js', "import 'linked'");
  write('node_modules/linked/package.json', '{"type":"module","exports":"./index.js"}');
  write('node_modules/linked/index.js', "import './file.js'; import './folder/x.js'; import './real/x.js'");
  write('node_modules/linked/real/x.js', 'console.log(import.meta.url)');
  symlinkSync('real', join(root, 'node_modules/linked/folder'));
  symlinkSync('real/x.js', join(root, 'node_modules/linked/file.js'));
  const [remembered, plain] = await runBoth();
  expect(plain.split('\n')).toHaveLength(2);
  expect(remembered).toBe(plain);
});
