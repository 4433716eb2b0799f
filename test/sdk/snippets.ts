import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What stands in the documents for the reader's own server and key. */
const SERVER = 'http://localhost:3000';
const KEY = 'sb_…';

const LANGUAGES = ['ts', 'sh'] as const;
type Language = (typeof LANGUAGES)[number];

/** Fenced blocks that are no programs; `tsx` is a part of somebody's page, where the SDK is not. */
const SHOWN = new Set(['json', 'text', 'tsx']);

/**
 * The programs in a document, by language. Blocks of one language go on from each other, as a reader would type them.
 * @throws {Error} for a block whose language nobody could run.
 */
function programsIn(path: string): Map<Language, string> {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const programs = new Map<Language, string>();
  for (const [, name = '', code = ''] of text.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    const language = LANGUAGES.find((known) => known === name);
    if (language) programs.set(language, `${programs.get(language) ?? ''}${code}\n`);
    else if (!SHOWN.has(name)) throw new Error(`${path} has a block in "${name}", which cannot be run.`);
  }
  return programs;
}

/** Runs every snippet of a document where the packed SDK is installed; TypeScript is type-checked as well. */
export async function runSnippets(
  project: Project,
  path: string,
  { url, apiKey }: { url: string; apiKey: string },
): Promise<string> {
  const said: string[] = [];
  for (const [language, code] of programsIn(path)) {
    const name = `${path.replaceAll(/\W/g, '-')}.${language}`;
    const own = code.replaceAll(SERVER, url).replaceAll(KEY, apiKey);
    writeFileSync(join(project.folder, name), language === 'sh' ? `set -euo pipefail\n${own}` : own);
    if (language === 'ts') {
      const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];
      // `process` is Node's, and there is nothing but the SDK here.
      writeFileSync(
        join(project.folder, 'node.d.ts'),
        'declare const process: { stdout: { write: (text: string) => void } };\n',
      );
      await project.run('typescript@6.0.3', ['tsc', ...options, name, 'node.d.ts']);
    }
    const command = language === 'sh' ? ['bash', name] : ['node', name];
    const printed = await project.run('node@24.21.0', command);
    said.push(`${language} printed ${printed.length} characters`);
  }
  if (said.length === 0) throw new Error(`${path} has no snippet.`);
  return said.join(', ');
}
