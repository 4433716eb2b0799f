import { posix } from 'node:path';
import { guidePath, idOf, pathOf } from '#layer/paths';
import type { Entry } from './entries.ts';

/** The path of the API reference, which shows the files in `docs/` too. */
const REFERENCE = '/docs';
const FOLDER = 'docs/';
const SETTINGS = `${REFERENCE}/${guidePath('configuration.md')}`;

/** Returns the path of the page of a file, or `null` if none has it, such as the README. */
const pageOf = (file: string): string | null =>
  file.startsWith(FOLDER) && file.endsWith('.md')
    ? `${REFERENCE}/${guidePath(file.slice(FOLDER.length))}`
    : null;

/**
 * Returns the path of the page to which a link of a file leads, or `null` if none has it.
 * @param target a relative path in the repository, such as `../README.md#deploy`, or a fragment.
 * @param file the path of the file that has the link.
 */
export function pathOfLink(target: string, file: string): string | null {
  const [path = '', fragment] = target.split('#', 2);
  const page = pageOf(path === '' ? file : posix.join(posix.dirname(file), path));
  return page === null || fragment === undefined ? page : `${page}#${fragment}`;
}

/** Returns the path of the page that has an entry, or `null` if none has it, such as the README. */
function pathTo(entry: Entry): string | null {
  if (entry.kind === 'procedure') return `${REFERENCE}/${pathOf(entry.procedure.name)}`;
  if (entry.kind === 'setting') return SETTINGS;
  const { file, level, title } = entry.section;
  const page = pageOf(file);
  return page !== null && level > 1 ? `${page}#${encodeURIComponent(idOf(title))}` : page;
}

/** Returns the place of an entry in Markdown: a link to its section in the reference, or else text. */
export function referenceTo(entry: Entry): string {
  const place = entry.place.replaceAll(/[\\[\]*`<]/g, '\\$&');
  const path = pathTo(entry);
  return path === null ? place : `[${place}](${path})`;
}
