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

const LIMIT_MS = 60_000;
const DECLARATION = 'src/client/app-router.d.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-watch-'));
cloneProject(folder);
const pathOf = (file: string) => join(folder, file);
const program = `
  const { watchClientTypes } = await import('./scripts/client-types.mjs');
  watchClientTypes(process.execPath);
  setInterval(() => undefined, 1000);`;
// A link to that of this project.
rmSync(pathOf('node_modules/.switchboard-types-hash'), { force: true });
writeFileSync(pathOf('node_modules/.switchboard-types-hash'), 'of other sources');
const watcher = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
let said = '';
for (const pipe of [watcher.stdout, watcher.stderr])
  pipe.setEncoding('utf8').on('data', (text: string) => (said += text));
afterAll(async () => {
  if (watcher.exitCode === null) {
    const closed = new Promise((resolve) => watcher.once('close', resolve));
    watcher.kill('SIGKILL');
    await closed;
  }
  rmSync(folder, { recursive: true });
});

/** Saves a file as many editors do: to another name, and over the old one. */
function save(file: string, text: string): void {
  writeFileSync(pathOf(`${file}.new`), text);
  renameSync(pathOf(`${file}.new`), pathOf(file));
}

/** Waits until the declaration has a text. */
async function declares(text: string): Promise<void> {
  const read = () => {
    try {
      return Promise.resolve(readFileSync(pathOf(DECLARATION), 'utf8'));
    } catch {
      return Promise.resolve('');
    }
  };
  await until(read, (declared) => declared.includes(text), LIMIT_MS).catch((cause: unknown) => {
    throw new Error(`The declaration has no ${text}:\n${said}`, { cause });
  });
}

/** Waits until the watcher has said something once more. */
async function says(text: string, times: number): Promise<void> {
  await until(
    () => Promise.resolve(said.split(text).length - 1),
    (count) => count >= times,
    LIMIT_MS,
  );
}

test('an editor goes on from a hook to the procedure, by the map that is written beside', async () => {
  await says('Types for clients written', 1);
  const found = await definitionOf(folder, 'app/chat/account-menu.tsx', 'trpc.users.me');
  expect(found).toEqual({ file: 'routers/users.ts', code: 'me: signedIn' });
}, 240_000);

test('the types of clients follow every way of saving, and recover from every failure', async () => {
  const users = readFileSync(pathOf('routers/users.ts'), 'utf8');
  const withSummary = (summary: string) => users.replace("'Get your account'", summary);
  await says('Types for clients written', 1);

  // A lock of Emacs, which leads nowhere.
  symlinkSync('ada@host.1:2', pathOf('routers/.#users.ts'));
  for (const count of [1, 2]) {
    save('routers/users.ts', withSummary(`'Saved ${count} times'`));
    await declares(`Saved ${count} times`);
  }
  rmSync(pathOf('routers/.#users.ts'));

  // A new folder, with a file that is then renamed over.
  mkdirSync(pathOf('routers/more/words'), { recursive: true });
  writeFileSync(pathOf('routers/more/words/own.ts'), "export const own = 'From a new folder';\n");
  const imported = `import { own } from './more/words/own.ts';\n${withSummary('own')}`;
  save('routers/users.ts', imported);
  await declares('From a new folder');
  save('routers/more/words/own.ts', "export const own = 'From a saved file';\n");
  await declares('From a saved file');

  // A mistake, put right while its failure is not known yet.
  save('routers/users.ts', `${imported}\nconst = ;\n`);
  await says('SyntaxError', 1);
  await says('Types for clients could not be written', 1);
  save('routers/users.ts', withSummary("'Right again'"));
  await declares('Right again');

  // The declaration cannot be written, and then it can.
  rmSync(pathOf(DECLARATION));
  mkdirSync(pathOf(DECLARATION));
  await says('EISDIR', 1);
  rmdirSync(pathOf(DECLARATION));
  await declares('Right again');
  expect(watcher.exitCode).toBeNull();
}, 240_000);
