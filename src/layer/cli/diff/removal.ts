import { isPlainObject } from '../../rest/text.ts';
import type { Change } from './change.ts';

/** What a state says about the end of a procedure or an operation. */
export interface End {
  since?: string | undefined;
  sunset?: string | undefined;
  successor?: string | undefined;
}

/**
 * Returns the removal of something with what it breaks: nothing from its announced date on. Before this date it breaks
 * a promise, which no changelog can excuse.
 * @param now the present, in milliseconds.
 */
export function removal(change: Change, end: End | undefined, now: number): Change {
  const { sunset } = end ?? {};
  if (sunset === undefined || change.breaks.length === 0) return change;
  if (isOver(end, now)) return { ...change, what: `${change.what} after its date ${sunset}`, breaks: [] };
  return { ...change, what: `${change.what} before its date ${sunset}`, until: sunset };
}

/** True if the announced date of a removal has come. */
export const isOver = (end: End | undefined, now: number): boolean =>
  end?.sunset !== undefined && Date.parse(end.sunset) <= now;

/**
 * Compares what two states announce of the end of a procedure. An earlier date breaks those who rely on the later one.
 * @param callers the callers of the procedure.
 */
export function endChanges(
  subject: string,
  [old, now]: readonly [End | undefined, End | undefined],
  callers: Change['breaks'],
): Change[] {
  const change = (what: string, breaks: Change['breaks'] = []): Change => ({
    subject,
    place: '',
    what,
    breaks,
  });
  if (!old || !now) {
    if (old) return [change('no longer deprecated')];
    return now ? [change(now.sunset === undefined ? 'deprecated' : `deprecated until ${now.sunset}`)] : [];
  }
  const isEarlier = Date.parse(now.sunset ?? '') < Date.parse(old.sunset ?? '');
  return [
    ...(old.sunset === now.sunset
      ? []
      : [
          change(
            `date of removal: ${old.sunset ?? 'none'} → ${now.sunset ?? 'none'}`,
            isEarlier ? callers : [],
          ),
        ]),
    ...(old.successor === now.successor
      ? []
      : [change(`successor: ${old.successor ?? 'none'} → ${now.successor ?? 'none'}`)]),
  ];
}

/** A part of a state: what it contains, and whether it was removed after its announced date. */
export interface Part {
  isOver: boolean;
  content: unknown;
}

/**
 * Returns the names of the components that only removed parts use, directly or inside others. They end with these parts.
 * @param find returns the component of a `$ref`.
 */
export function namesOfRemoved(parts: readonly Part[], find: ($ref: string) => unknown): ReadonlySet<string> {
  const [removed, kept] = [new Set<string>(), new Set<string>()];
  for (const { isOver: isRemoved, content } of parts) collect(content, find, isRemoved ? removed : kept);
  return new Set([...removed].filter(($ref) => !kept.has($ref)).map(($ref) => $ref.split('/').at(-1) ?? ''));
}

function collect(value: unknown, find: ($ref: string) => unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, find, found);
  } else if (isPlainObject(value)) {
    const { $ref, ...others } = value;
    if (typeof $ref === 'string' && !found.has($ref)) {
      found.add($ref);
      collect(find($ref), find, found);
    }
    for (const one of Object.values(others)) collect(one, find, found);
  }
}
