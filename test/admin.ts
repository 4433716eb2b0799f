import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The end of a command of admin.ts. */
export interface AdminResult {
  code: number | null;
  out: string;
  err: string;
}

/**
 * Starts `node admin.ts`, with the settings of a server.
 * @param root the folder of the project, or of a bundle.
 * @param inside a command that runs the program elsewhere, such as as another user.
 */
export function startAdmin(
  settings: Record<string, string>,
  args: readonly string[],
  root: string = ROOT,
  inside: string[] = [],
): { child: ChildProcess; result: Promise<AdminResult> } {
  const admin = [process.execPath, '--disable-warning=ExperimentalWarning', 'admin.ts'];
  const [program = process.execPath, ...programArgs] = [...inside, ...admin, ...args];
  const child = spawn(program, programArgs, {
    cwd: root,
    env: { ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result = (async () => {
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await once(child, 'close');
    return { code: child.exitCode, out, err };
  })();
  return { child, result };
}

/** Runs `node admin.ts`, with the settings of a server. */
export const runAdmin = (settings: Record<string, string>, ...args: string[]): Promise<AdminResult> =>
  startAdmin(settings, args).result;
