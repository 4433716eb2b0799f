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
/** Folders that are not copied. Some of them are linked instead. */
const NOT_COPIED = new Set(['.git', '.data', '.next', 'coverage', 'dist', 'node_modules']);
/** Files in which npm and the scripts keep the state of the packages. */
const RECORDS = new Set(['.package-lock.json', '.types-hash']);
/** The time limit of a start, which includes the first request, because it compiles the API. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;

/** A copy of the project for development. */
export interface DevCopy {
  folder: string;
  /** Writes a file like many editors: writes a new file and renames it over the old one. */
  write: (path: string, text: string) => void;
  /** Changes a file in the same way. */
  edit: (path: string, change: (text: string) => string) => void;
  /** Starts one of the project's scripts, such as `dev` for `npm run dev`. */
  start: (script: 'dev' | 'start', env?: Record<string, string>) => Promise<RunningScript>;
  remove: () => Promise<void>;
}

/** A running script. */
export interface RunningScript {
  url: string;
  /** Returns the output so far. */
  terminal: () => string;
  /** Waits until the output contains a text. @returns the whole output. */
  shows: (text: string | RegExp, limitMs?: number) => Promise<string>;
  /** Waits until it ends by itself. @returns the exit code. */
  ended: () => Promise<number | null>;
}

/**
 * Links the files of a folder, or copies them if the target is on another file system. It does not link folders,
 * because bundlers do not follow links to folders outside of the project.
 */
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
export function copyForDevelopment(): DevCopy {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-dev-'));
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(relative(ROOT, source).split('/', 1)[0] ?? ''),
  });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(folder, 'node_modules', name)];
    if (!name.startsWith('.')) linkFolder(from, to);
    // Copied, because the scripts write to these files.
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
    edit(path, change) {
      const text = readFileSync(join(folder, path), 'utf8');
      const changed = change(text);
      if (changed === text) throw new Error(`The edit changes nothing in ${path}.`);
      write(path, changed);
    },
    async start(script, env = {}) {
      const { PATH = '', HOME = '' } = process.env;
      const port = await freePort();
      const child = spawn(process.execPath, [`scripts/${script}.mjs`], {
        cwd: folder,
        env: { PATH, HOME, PORT: `${port}`, HOST: '127.0.0.1', NODE_ENV: 'production', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group, so that all processes of the script can be ended together.
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
            throw new Error(`The output does not contain ${text}:\n${output}`, { cause });
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
