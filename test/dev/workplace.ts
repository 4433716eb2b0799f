import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  constants,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { until } from '#test/client';
import { freePort } from '#test/listen';

const ROOT = join(import.meta.dirname, '../..');
/** What a copy does not have, or what is linked instead. */
const LEFT_OUT = new Set(['.git', '.data', '.next', 'coverage', 'dist', 'node_modules']);
/** What npm and the scripts know of the packages. */
const RECORDS = new Set(['.package-lock.json', '.switchboard-lock-hash']);
/** The first request compiles the API. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;

/** A copy of the project to develop in. */
export interface Workplace {
  folder: string;
  /** Writes a file as many editors do: to another name, which becomes that of the file. */
  write: (path: string, text: string) => void;
  /** Changes a file in the same way. */
  edit: (path: string, change: (text: string) => string) => void;
  /** Starts one of the project's scripts, such as `dev` for `npm run dev`. */
  start: (script: 'dev' | 'start', env?: Record<string, string>) => Promise<Started>;
  remove: () => Promise<void>;
}

/** A script that was started. */
export interface Started {
  url: string;
  /** What the terminal shows so far. */
  terminal: () => string;
  /** Waits until the terminal shows a text. @returns all that it shows. */
  shows: (text: string | RegExp, limitMs?: number) => Promise<string>;
  /** Waits until it ends by itself. @returns the exit code. */
  ended: () => Promise<number | null>;
}

/** Links the files of a folder, or copies them to another file system. Bundlers refuse to follow links of folders out of the project. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true });
    else {
      try {
        linkSync(source, target);
      } catch {
        copyFileSync(source, target, constants.COPYFILE_FICLONE);
      }
    }
  }
}

/** Copies the project with its packages. */
export function copyForDevelopment(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-dev-'));
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(relative(ROOT, source).split('/', 1)[0] ?? ''),
  });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(folder, 'node_modules', name)];
    if (!name.startsWith('.')) linkFolder(from, to);
    // What the scripts write there must not be written to the files of this project.
    else if (RECORDS.has(name)) copyFileSync(from, to);
  }
  const children: ChildProcess[] = [];

  function write(path: string, text: string): void {
    const file = join(folder, path);
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  }

  return {
    folder,
    write,
    edit: (path, change) => write(path, change(readFileSync(join(folder, path), 'utf8'))),
    async start(script, env = {}) {
      const { PATH = '', HOME = '' } = process.env;
      const port = await freePort();
      const child = spawn(process.execPath, [`scripts/${script}.mjs`], {
        cwd: folder,
        env: { PATH, HOME, PORT: `${port}`, HOST: '127.0.0.1', NODE_ENV: 'production', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, which can be ended with all that the script has started.
        detached: true,
      });
      children.push(child);
      let output = '';
      for (const pipe of [child.stdout, child.stderr])
        pipe.setEncoding('utf8').on('data', (text: string) => (output += text));
      const exited = once(child, 'exit');
      const matches = (text: string | RegExp) =>
        typeof text === 'string' ? output.includes(text) : text.test(output);
      return {
        url: `http://127.0.0.1:${port}`,
        terminal: () => output,
        async shows(text, limitMs = START_LIMIT_MS) {
          try {
            await until(() => Promise.resolve(matches(text)), Boolean, limitMs);
          } catch (cause) {
            throw new Error(`The terminal does not show ${text}:\n${output}`, { cause });
          }
          return output;
        },
        async ended() {
          await exited;
          return child.exitCode;
        },
      };
    },
    async remove() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
        const exited = once(child, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
        process.kill(-child.pid, 'SIGTERM');
        await exited.catch(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
