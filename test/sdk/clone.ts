import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What a clone does not have, or what is linked instead. */
const LEFT_OUT = new Set(['.git', '.data', '.next', 'coverage', 'dist', 'node_modules']);

/** npm asks nobody for what is there already. */
const env = {
  ...process.env,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_offline: 'true',
};

/** How long commands that a document shows together may take, in milliseconds. */
const LIMIT_MS = 240_000;

const Output = z.object({ stdout: z.string(), stderr: z.string() });

/** A copy of this project, to be changed as a document says. */
export interface Clone {
  folder: string;
  /** Runs a shell command in it. @returns what it printed. @throws {Error} with its output when it fails. */
  sh: (command: string) => Promise<string>;
  /** Type-checks some of its files, at once. @throws {Error} with every message of the compiler. */
  typeCheck: (paths: string[]) => Promise<void>;
}

/** Copies the project to a new folder, with its packages linked. */
export function cloneProject(folder: string): Clone {
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(relative(ROOT, source).split('/', 1)[0] ?? ''),
  });
  // Each package by itself: if npm replaces them in the copy, it removes the links and not what they lead to.
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
      const wrong = files.flatMap((file) => {
        const source = program.getSourceFile(file);
        return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      });
      return wrong.length === 0
        ? Promise.resolve()
        : Promise.reject(new Error(ts.formatDiagnostics(wrong, formatHost(folder))));
    },
  };
}

const formatHost = (folder: string): ts.FormatDiagnosticsHost => ({
  getCurrentDirectory: () => folder,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
});

/** Waits for everything, so that nothing is left when one fails. @throws {unknown} what the first was rejected with. */
export async function all(work: Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

function fail({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
}
