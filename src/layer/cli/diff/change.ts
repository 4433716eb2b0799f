import type { Effect, ValueChange } from './values.ts';

/** The kinds of callers, in the order of reports. */
export const CALLERS = ['REST', 'RPC', 'SDK', 'MCP'] as const;
export type Caller = (typeof CALLERS)[number];

/** A change of an API. */
export interface Change {
  /** What changed: the name of a procedure, or `API`. */
  subject: string;
  /** The part of it, such as `input title`, `output items[].id` or `error`; `''` for all of it. */
  place: string;
  /** The change in a few words, such as `maxLength: 9 → 5`. */
  what: string;
  /** The callers that it can break; none if it is safe. */
  breaks: readonly Caller[];
  /** The date before which it breaks a promise, so that a changelog cannot declare it. */
  until?: string;
}

/** Returns the text of a change without its callers, which also identifies it: `things.get, input title: maxLength: 9 → 5`. */
export const textOf = ({ subject, place, what }: Change): string =>
  `${subject}${place === '' ? '' : `, ${place}`}: ${what}`;

/** Returns the changes of a schema as changes of a procedure. @param breaks the callers for each effect. */
export function changesOf(
  found: readonly ValueChange[],
  { subject, place, breaks }: { subject: string; place: string; breaks: Record<Effect, readonly Caller[]> },
): Change[] {
  return found.map(({ path, what, effect }) => ({
    subject,
    place: path === '' ? place : `${place} ${path}`,
    what,
    breaks: breaks[effect],
  }));
}

/** Joins changes that several callers share, and sorts them: those that break callers first. */
export function joined(changes: readonly Change[]): Change[] {
  const byText = new Map<string, Change>();
  for (const change of changes) {
    const before = byText.get(textOf(change));
    const all = new Set([...(before?.breaks ?? []), ...change.breaks]);
    byText.set(textOf(change), { ...change, breaks: CALLERS.filter((caller) => all.has(caller)) });
  }
  const isSafe = ({ breaks }: Change) => Number(breaks.length === 0);
  return [...byText.values()].toSorted((a, b) => isSafe(a) - isSafe(b) || (textOf(a) < textOf(b) ? -1 : 1));
}
