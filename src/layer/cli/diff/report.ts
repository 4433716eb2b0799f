import { CALLERS, type Change, textOf } from './change.ts';

/** The result of a comparison. */
export interface Compared {
  /** All changes, those that break callers first. */
  changes: readonly Change[];
  /** Sentences that say what could not be compared. */
  notCompared: readonly string[];
}

/**
 * True if a text, such as the part of a changelog that is not released yet, names a change as `--markdown` writes it.
 * False for a removal before its announced date, which cannot be declared.
 */
export function isDeclared(change: Change, declared: string): boolean {
  return change.until === undefined && oneLine(declared).includes(oneLine(codeOf(change)));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Returns the text before the second heading of level 2 in a changelog: what is not released yet. */
export function unreleased(changelog: string): string {
  const [before = '', first = ''] = changelog.split(/^## /m);
  return before + first;
}

/** Returns a report for people. @param isDeclared true for a break that does not fail the command. */
export function textReport(
  { changes, notCompared }: Compared,
  isDeclared: (change: Change) => boolean,
): string {
  const breaks = changes.filter((change) => change.breaks.length > 0);
  const width = Math.max(4, ...breaks.map((change) => change.breaks.join(', ').length));
  const lines = changes.map((change) => {
    const label = change.breaks.join(', ') || 'safe';
    const note =
      change.until !== undefined
        ? '  (cannot be declared)'
        : isBreak(change) && isDeclared(change)
          ? '  (declared)'
          : '';
    return `${label.padEnd(width)}  ${textOf(change)}${note}`;
  });
  const total =
    changes.length === 0
      ? 'Nothing changed.'
      : `${changes.length} change${changes.length === 1 ? '' : 's'}, of which ${breaks.length} can break callers.`;
  return `${[total, ...lines, ...notCompared.map((sentence) => `Not compared: ${sentence}`)].join('\n')}\n`;
}

/** Returns an entry of a changelog: the breaks for each kind of callers, then what else changed. */
export function markdownReport({ changes, notCompared }: Compared): string {
  const [breaking, safe] = [
    changes.filter(({ breaks }) => breaks.length > 0),
    changes.filter(({ breaks }) => breaks.length === 0),
  ];
  const parts = [
    ...section('Breaking changes', breaking),
    ...section('Other changes', safe),
    ...notCompared.map((sentence) => `Not compared: ${sentence}\n`),
  ];
  return parts.length > 0 ? parts.join('\n') : 'No changes.\n';
}

function section(title: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  return [`### ${title}\n`, `${changes.map(changelogLine).join('\n')}\n`];
}

/** Returns the line of a changelog that declares a change. */
export const changelogLine = (change: Change): string =>
  `- ${codeOf(change)}${isBreak(change) ? ` (${change.breaks.join(', ')})` : ''}`;

const isBreak = ({ breaks }: Change): boolean => breaks.length > 0;

/** Returns the text of a change as code, so that Markdown changes no character of it. */
const codeOf = (change: Change): string => `\`${textOf(change).replaceAll('`', "'")}\``;

/** Returns the result as JSON. */
export function jsonReport(
  { changes, notCompared }: Compared,
  isDeclared: (change: Change) => boolean,
): string {
  const listed = changes.map((change) => ({
    ...change,
    declared: change.breaks.length > 0 && isDeclared(change),
  }));
  const counts = Object.fromEntries(
    CALLERS.map((caller) => [caller, changes.filter(({ breaks }) => breaks.includes(caller)).length]),
  );
  return `${JSON.stringify({ breaks: counts, changes: listed, notCompared }, null, 2)}\n`;
}
