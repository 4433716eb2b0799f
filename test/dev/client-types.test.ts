import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { until } from '#test/client';
import { cloneProject } from '../sdk/clone.ts';
import { definitionOf } from '../sdk/tsserver.ts';

const LIMIT_MS = 120_000;
const DECLARATION = 'src/client/app-router.d.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-watch-'));
cloneProject(folder);
const pathOf = (file: string) => join(folder, file);
const program = `
  const { watchClientTypes } = await import('./scripts/client-types.mjs');
  watchClientTypes(process.execPath);
  setInterval(() => undefined, 1000);`;
// Replaces the link to the file of this project.
rmSync(pathOf('node_modules/.types-hash'), { force: true });
writeFileSync(pathOf('node_modules/.types-hash'), 'of other sources');
const watcher = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
let output = '';
for (const pipe of [watcher.stdout, watcher.stderr])
  pipe.setEncoding('utf8').on('data', (text: string) => (output += text));
afterAll(async () => {
  if (watcher.exitCode === null) {
    const closed = new Promise((resolve) => watcher.once('close', resolve));
    watcher.kill('SIGKILL');
    await closed;
  }
  rmSync(folder, { recursive: true });
});

/** Saves a file like many editors: writes a new file and renames it over the old one. */
function save(file: string, text: string): void {
  writeFileSync(pathOf(`${file}.new`), text);
  renameSync(pathOf(`${file}.new`), pathOf(file));
}

/** Waits until the declaration contains a text. */
async function untilDeclared(text: string): Promise<void> {
  const read = () => {
    try {
      return Promise.resolve(readFileSync(pathOf(DECLARATION), 'utf8'));
    } catch {
      return Promise.resolve('');
    }
  };
  await until(read, (declared) => declared.includes(text), LIMIT_MS).catch((cause: unknown) => {
    throw new Error(`The declaration does not contain ${text}:\n${output}`, { cause });
  });
}

/** Waits until the watcher has printed a text this number of times. */
async function untilPrinted(text: string, times: number): Promise<void> {
  await until(
    () => Promise.resolve(output.split(text).length - 1),
    (count) => count >= times,
    LIMIT_MS,
  );
}

test('an editor goes from a hook to its procedure, by the declaration map', async () => {
  await untilPrinted('Types for clients written', 1);
  const found = await definitionOf(folder, 'app/(shell)/chat/account-menu.tsx', 'trpc.users.me');
  expect(found).toEqual({ file: 'routers/users.ts', code: 'me: signedIn' });
}, 240_000);

test('the types of clients are updated after every way of saving and after every error', async () => {
  const users = readFileSync(pathOf('routers/users.ts'), 'utf8');
  const withSummary = (summary: string) => users.replace("'Get your account'", summary);
  await untilPrinted('Types for clients written', 1);

  // A lock file of Emacs, which is a broken link.
  symlinkSync('ada@host.1:2', pathOf('routers/.#users.ts'));
  for (const count of [1, 2]) {
    save('routers/users.ts', withSummary(`'Saved ${count} times'`));
    await untilDeclared(`Saved ${count} times`);
  }
  rmSync(pathOf('routers/.#users.ts'));

  // A new folder, with a file that is then replaced by a rename.
  mkdirSync(pathOf('routers/more/words'), { recursive: true });
  writeFileSync(pathOf('routers/more/words/own.ts'), "export const own = 'From a new folder';\n");
  const imported = `import { own } from './more/words/own.ts';\n${withSummary('own')}`;
  save('routers/users.ts', imported);
  await untilDeclared('From a new folder');
  save('routers/more/words/own.ts', "export const own = 'From a saved file';\n");
  await untilDeclared('From a saved file');

  // A mistake that is fixed after its error was reported.
  save('routers/users.ts', `${imported}\nconst = ;\n`);
  await untilPrinted('SyntaxError', 1);
  await untilPrinted('Types for clients could not be written', 1);
  save('routers/users.ts', withSummary("'Right again'"));
  await untilDeclared('Right again');

  // The declaration cannot be written at first.
  rmSync(pathOf(DECLARATION));
  mkdirSync(pathOf(DECLARATION));
  await untilPrinted('EISDIR', 1);
  rmdirSync(pathOf(DECLARATION));
  await untilDeclared('Right again');
  expect(watcher.exitCode).toBeNull();
}, 240_000);
