import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, Problem } from '../problem.ts';
import type { SettingsWatch } from './settings.ts';

/**
 * Returns the explanation of an error that a router's modules threw while they were imported: its settings, the import
 * that does not exist, or its message with the line of the project.
 * @param file the path of the router's module, for messages.
 */
export function importProblem(error: unknown, file: string, settings: SettingsWatch): Problem {
  const rejected = settings.rejectedBy(error);
  settings.stop({ isReported: rejected.length > 0 });
  const skip = [...settings.unset].find((name) => /^SKIP_\w*(?:ENV|VALIDAT)/.test(name));
  if (rejected.length > 0) {
    const width = Math.max(...rejected.map(({ name }) => name.length));
    return new Problem(
      [
        `${file} needs settings that are missing or not valid:`,
        ...rejected.map(({ name, message }) => `  ${name.padEnd(width)}  ${message}`),
        'Set them in the environment or in .env. Any valid value is enough, because no procedure is called.',
        ...(skip === undefined ? [] : [`Or set ${skip}=1, which the project reads.`]),
      ].join('\n'),
    );
  }
  const unset = [...settings.unset].filter((name) => name !== skip);
  const place = placeIn(error);
  return new Problem(
    [
      `${file} cannot be imported: ${explain(error)}`,
      ...(place === undefined ? [] : [`  at ${place}`]),
      ...(unset.length > 0 ? [`The project reads settings that are not set: ${unset.join(', ')}.`] : []),
    ].join('\n'),
  );
}

function explain(error: unknown): string {
  const message = messageOf(error);
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (missing === undefined) {
    const [, text, place] = /^ParseError: (.*?)\s*\n\s*(.+:\d+:\d+)$/.exec(message) ?? [];
    return place === undefined ? message.trim() : `${text}\n  at ${shown(place)}`;
  }
  const by = /(?:Require stack:\n- |imported from )(.+)/.exec(message)?.[1];
  const importer = by === undefined ? '' : `, which ${shown(by)} imports`;
  return (
    `there is no module ${missing}${importer}. ` +
    'Check the import, "paths" of tsconfig.json, and that packages and generated files are installed.'
  );
}

/** The URL of this program's modules. */
const OWN = new URL('..', import.meta.url).href;

/** Returns the first place in the project's own files from the stack of an error. */
function placeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const frame =
    frames.find((line) => !/node_modules|node:|<anonymous>/.test(line) && !line.includes(OWN)) ?? '';
  // Transforming a module keeps its lines, but not its columns. Paths may have spaces and parentheses.
  const inFunction = /^\s+at .*? \((.+:\d+):\d+\)$/;
  const [, place] = (frame.endsWith(')') ? inFunction : /^\s+at (?:async )?(.+:\d+):\d+$/).exec(frame) ?? [];
  return place && shown(place);
}

/** Returns a path as the user would write it. */
export function shown(path: string): string {
  const plain = path.startsWith('file:') ? fileURLToPath(path) : path;
  const fromHere = relative(process.cwd(), plain);
  return fromHere.startsWith('..') ? plain : fromHere.replaceAll('\\', '/');
}
