import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export interface Block {
  document: string;
  line: number;
  code: string;
  /** How the test uses it. */
  use: Use;
}

type Use =
  /** A file of this project, or a part of one. */
  | { kind: 'file'; path: string; place: Place }
  /** A program of a user of the SDK. */
  | { kind: 'program' }
  | { kind: 'shell' }
  | { kind: 'data' }
  /** It cannot run in a test. */
  | { kind: 'not-run'; reason: string };

/** The place in a file: the whole file, its top, or after the line that opens the declaration with the name. */
export type Place = 'whole' | 'top' | { in: string };

const FENCE = /^( *)```(\w*)(?: ([^\n]+))?\n(.*?)^\1```$/gms;
const NOT_RUN = /^not-run="([^"]+)"$/;
/** The first line of a block that belongs into a file. */
const FILE = /^\/\/ ([\w./()[\]-]+\.tsx?)(?:, (?:(at the top)|in (\w+)))?\n/;

function useOf(language: string, info: string | undefined, code: string): Use {
  const [, reason] = NOT_RUN.exec(info ?? '') ?? [];
  if (reason) return { kind: 'not-run', reason };
  if (info !== undefined) throw new Error(`"${info}" must be not-run="the reason".`);
  if (language === 'sh') return { kind: 'shell' };
  if (language === 'json') return { kind: 'data' };
  if (language !== 'ts' && language !== 'tsx') throw new Error(`"${language}" cannot be run.`);
  const [, path, top, name] = FILE.exec(code) ?? [];
  if (path) return { kind: 'file', path, place: name ? { in: name } : top ? 'top' : 'whole' };
  if (language === 'tsx') throw new Error('it must begin with the name of its file.');
  return { kind: 'program' };
}

/** Returns the blocks of a document. @throws {Error} if one cannot be run, or if code is indented instead of fenced. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  const indented = /\n\n {4}\S/.exec(
    text.replaceAll(FENCE, (fence) => fence.replaceAll(/\S/g, '.').trimStart()),
  );
  if (indented) throw new Error(`${document}:${lineAt(indented.index + 2)} is code without a fence.`);
  return [...text.matchAll(FENCE)].map(
    ({ index, 1: indent = '', 2: language = '', 3: info, 4: inner = '' }) => {
      const line = lineAt(index);
      const code = inner.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
      try {
        const use = useOf(language, info, code);
        return { document, line, use, code: use.kind === 'file' ? code.replace(FILE, '') : code };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : '';
        throw new Error(`${document}:${line}: a block cannot be tested: ${reason}`, { cause });
      }
    },
  );
}

/**
 * Returns the text of a file with a block inserted at its place.
 * @throws {Error} if the file has no such place.
 */
export function place(text: string, where: Place, code: string): string {
  if (where === 'whole') return code;
  if (where === 'top') return code + text;
  const [opening] = new RegExp(`\\b(?:const|function) ${where.in}\\b.*?[({]\\n`, 's').exec(text) ?? [];
  if (opening === undefined) throw new Error(`There is no ${where.in}.`);
  const [indent = ''] = /^ */.exec(text.slice(text.indexOf(opening) + opening.length)) ?? [];
  return text.replace(opening, () => opening + code.replaceAll(/^(?=.)/gm, indent));
}

/** Returns the names of npm scripts in a document, including its prose and tables. */
export function scriptsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
}
