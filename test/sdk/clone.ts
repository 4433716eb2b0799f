import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Folders that are not copied. The packages are linked instead. */
const NOT_COPIED = new Set(['.git', '.data', '.next', 'coverage', 'dist', 'node_modules']);

/** Settings with which npm sends no requests, because the packages are installed already. */
const env = {
  ...process.env,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_offline: 'true',
};

/** The time limit of the consecutive commands of a document, in milliseconds. */
const LIMIT_MS = 240_000;

const Output = z.object({ stdout: z.string(), stderr: z.string() });

/** A copy of this project, in which the steps of documents are followed. */
export interface Clone {
  folder: string;
  /** Runs a shell command in it. @returns its output. @throws {Error} with its output if it fails. */
  sh: (command: string) => Promise<string>;
  /** Type-checks some of its files together. @throws {Error} with all messages of the compiler. */
  typeCheck: (paths: string[]) => Promise<void>;
}

/** Copies the project to a new folder, with its packages linked. */
export function cloneProject(folder: string): Clone {
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(relative(ROOT, source).split('/', 1)[0] ?? ''),
  });
  // Links each package separately. If npm replaces packages in the copy, it removes the links but not their targets.
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  }
  return {
    folder,
    async sh(command) {
      try {
        return (
          await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env, timeout: LIMIT_MS })
        ).stdout;
      } catch (cause) {
        const { stdout, stderr } = Output.parse(cause);
        throw new Error(`${command} failed:\n${stdout}${stderr}`, { cause });
      }
    },
    typeCheck(paths) {
      const host = {
        ...ts.sys,
        getCurrentDirectory: () => folder,
        onUnRecoverableConfigFileDiagnostic: fail,
      };
      const config = ts.getParsedCommandLineOfConfigFile(join(folder, 'tsconfig.json'), {}, host);
      const files = paths.map((path) => join(folder, path));
      const options = { ...config?.options, incremental: false };
      const program = ts.createProgram({ rootNames: files, options });
      const errors = files.flatMap((file) => {
        const source = program.getSourceFile(file);
        return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      });
      return errors.length === 0
        ? Promise.resolve()
        : Promise.reject(new Error(ts.formatDiagnostics(errors, formatHost(folder))));
    },
  };
}

const formatHost = (folder: string): ts.FormatDiagnosticsHost => ({
  getCurrentDirectory: () => folder,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
});

/** Waits for all promises, even if one rejects. @throws {unknown} the first rejection. */
export async function all(work: Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

function fail({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
}
