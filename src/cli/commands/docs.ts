import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_PATHS } from '#layer/paths';
import type { Command } from '../arguments.ts';
import { requireOwnFolder } from '../own-folder.ts';
import { Problem } from '../problem.ts';
import { shown } from '../router/failure.ts';
import { loadApi, type LoadedApi } from './api.ts';

/** A file in the folder of the reference, by which the folder is recognized as one that can be written again. */
const ASSET = /^reference-[\w-]+\.css$/;

/** The place of the form that calls a procedure. A static host serves no procedure. */
const TRIAL = /<section class="try"[\s\S]*?<\/section>/;

/** What pages link to, in the attributes of their HTML. */
const LINK = /\b(?:href|src|data-index)="([^"]+)/g;

/**
 * Writes the reference as files for a static host: a page `chat/list` is `chat/list/index.html`, and `chat/list.md` as
 * Markdown. Nothing is written if a page cannot be.
 * @returns a report of what was written.
 * @throws {Problem} if the folder has other files, or if the API has no reference.
 */
export async function docs(command: Command): Promise<string> {
  const path = command.options['docs-path'] ?? DEFAULT_PATHS.docs;
  const folder = join(resolve(command.options.out ?? ''), path);
  requireOwnFolder(folder, () => isWritten(folder), 'another folder');
  const { api, exportName } = await loadApi(command);
  const files = await readAll(api, path, exportName);
  write(folder, files);
  const pages = [...files.keys()].filter((file) => file.endsWith('.html')).length;
  return `${shown(folder)}: ${pages} pages of the reference, for the path ${path} of a static host.\n`;
}

/** Returns the files of a reference, by their paths in its folder: its first page, and all that pages link to. */
async function readAll(
  { request }: LoadedApi['api'],
  base: string,
  exportName: string,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const found = new Set([base]);
  for (const path of found) {
    const response = await request(path, { headers: { accept: '*/*' } });
    const text = (await response.text()).replace(TRIAL, '');
    if (response.status === 404 && path === base) {
      throw new Problem(
        `${exportName} has no reference at ${base}. Set docs in createApi, or name its path with --docs-path.`,
        2,
      );
    }
    if (response.status !== 200) {
      throw new Problem(`${path} cannot be written, because the API answers it with ${response.status}.`);
    }
    const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
    files.set(isPage ? join(path.slice(base.length), 'index.html') : path.slice(base.length), text);
    if (!isPage) continue;
    for (const [, value = ''] of text.matchAll(LINK)) {
      // Of the characters that markup escapes, an encoded path has only these.
      const [link = ''] = value.replaceAll('&#39;', "'").replaceAll('&amp;', '&').split(/[#?]/);
      if (link === base || link.startsWith(`${base}/`)) found.add(link);
    }
  }
  return files;
}

/** Writes files in place of a folder, which is replaced when all are written. */
function write(folder: string, files: ReadonlyMap<string, string>): void {
  const draft = `${folder}.${process.pid}`;
  try {
    for (const [path, text] of files) {
      const file = join(draft, decodeURIComponent(path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** True if this command has written the files of a folder. */
function isWritten(folder: string): boolean {
  const assets = join(folder, 'assets');
  return existsSync(assets) && readdirSync(assets).some((file) => ASSET.test(file));
}
