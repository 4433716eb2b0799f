import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * Runs a program in a process of its own, as the scripts run: Jest does not load .mjs files.
 * @param file what it imports as `script`, such as `setup.mjs`.
 * @param expression may await.
 * @returns the value of the expression, as JSON carries it.
 */
export async function evaluate(file: string, expression: string): Promise<unknown> {
  const program = `
    import * as script from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href)};
    console.log(JSON.stringify(await (${expression})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '..'),
  });
  return JSON.parse(stdout) as unknown;
}
