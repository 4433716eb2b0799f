import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'src/layer/reference');

/**
 * Returns the path and the text of the module with the script of the reference's forms: the compiled modules of
 * `browser/`, as a text, so that no bundler changes them.
 */
export function trialScript(): { path: string; text: string } {
  const { outputFiles } = buildSync({
    entryPoints: [join(FOLDER, 'browser/main.ts')],
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.text.trim() ?? '';
  const header = '// Written by npm run trial from browser/.';
  const about = '/** The script of the form on the page of a procedure: a module that exports `start`. */';
  return {
    path: join(FOLDER, 'trial-script.ts'),
    text: `${header}\n\n${about}\nexport const TRIAL_SCRIPT = ${JSON.stringify(code)};\n`,
  };
}
