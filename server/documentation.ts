import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadOnce } from './load-once.ts';
import { posixPath } from './posix-path.ts';

/** A page of the documentation. */
export interface DocumentationPage {
  /** Its path in the project, such as `docs/agents.md`. */
  file: string;
  markdown: string;
}

/**
 * Reads README.md, CONTRIBUTING.md and all pages of docs/, in a fixed order. A file that does not exist or may not be
 * read is an empty page.
 * @param root the folder of the project.
 */
export async function readDocumentation(root: string): Promise<DocumentationPage[]> {
  const files = ['README.md', 'CONTRIBUTING.md', ...(await markdownUnder(root, 'docs'))];
  return Promise.all(
    files.map(async (file) => ({ file, markdown: await ifExists(readFile(join(root, file), 'utf8'), '') })),
  );
}

/** Returns the documentation of this installation, which is read at the first call. */
export const documentation = loadOnce(() => readDocumentation(process.cwd()));

async function markdownUnder(root: string, folder: string): Promise<string[]> {
  const files = await ifExists(readdir(join(root, folder), { recursive: true, withFileTypes: true }), []);
  return files
    .filter((file) => file.isFile() && file.name.endsWith('.md'))
    .map((file) => posixPath(relative(root, join(file.parentPath, file.name))))
    .sort();
}

/** The codes of permanent errors. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

async function ifExists<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code: unknown =
      typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
    if (typeof code === 'string' && ABSENT.has(code)) return otherwise;
    throw error;
  }
}
