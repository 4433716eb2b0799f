import { guidePath, idOf, pathOf } from '#layer/paths';
import type { Entry } from './entries.ts';

/** The path of the API reference, which shows the files in `docs/` too. */
const REFERENCE = '/docs';
const FOLDER = 'docs/';
const SETTINGS = `${REFERENCE}/${guidePath('configuration.md')}`;

/** Returns the path of the page that has an entry, or `null` if none has it, such as the README. */
function pathTo(entry: Entry): string | null {
  if (entry.kind === 'procedure') return `${REFERENCE}/${pathOf(entry.procedure.name)}`;
  if (entry.kind === 'setting') return SETTINGS;
  const { file, level, title } = entry.section;
  if (!file.startsWith(FOLDER)) return null;
  const page = `${REFERENCE}/${guidePath(file.slice(FOLDER.length))}`;
  return level > 1 ? `${page}#${encodeURIComponent(idOf(title))}` : page;
}

/** Returns the place of an entry in Markdown: a link to its section in the reference, or else text. */
export function referenceTo(entry: Entry): string {
  const place = entry.place.replaceAll(/[\\[\]*`<]/g, '\\$&');
  const path = pathTo(entry);
  return path === null ? place : `[${place}](${path})`;
}
