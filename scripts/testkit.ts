import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * Evaluates an expression in a separate process, because Jest does not load .mjs files.
 * @param file the script that is imported as `script`, such as `setup.mjs`.
 * @param expression the expression, which may use await.
 * @returns the value of the expression, after conversion to JSON and back.
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
