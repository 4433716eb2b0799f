import type { Side } from '../../schema/schema.ts';
import { namedFields } from './fields.ts';
import { Comparison, type End, type Mismatch } from './subset.ts';

/** What a change of a schema breaks: calls that are made, only code that names what is gone, or nothing. */
export type Effect = 'calls' | 'code' | 'nothing';

/** A change of a schema. */
export interface ValueChange {
  /** The place, such as `items[].id`; `''` for the whole value. */
  path: string;
  /** The change in a few words, such as `maxLength: 9 → 5`. */
  what: string;
  effect: Effect;
}

/**
 * Compares the schemas of values that clients send (`input`) or get (`output`).
 *
 * An input breaks calls if a value that the old schema accepts may be rejected by the new one. An output does so if the
 * new schema has a value that the old one does not have. What cannot be proved to be safe breaks.
 */
export function compareValues(before: End, after: End, side: Side): ValueChange[] {
  const [sender, receiver] = side === 'input' ? [before, after] : [after, before];
  const breaking = new Comparison().compare(sender, receiver);
  const safe = new Comparison().compare(receiver, sender);
  const places = new Set(breaking.map(({ path }) => path));
  const changes: ValueChange[] = [
    ...breaking.map((one) => changeOf(one, side === 'input', 'calls')),
    ...safe
      .filter((one) => !isOneSided(one) && !breaking.some((other) => isSamePlace(one, other)))
      .map((one) => changeOf(one, side !== 'input', 'nothing')),
  ];
  const [old, current] = [namedFields(before), namedFields(after)];
  for (const [path, value] of old) {
    if (!current.has(path)) {
      if (isTop(path, current) && !places.has(path))
        changes.push({ path, what: 'field removed', effect: 'code' });
    } else if (side === 'input' && current.get(path) !== value) {
      const what = `default: ${value ?? 'none'} → ${current.get(path) ?? 'none'}`;
      changes.push({ path, what, effect: 'nothing' });
    }
  }
  for (const path of current.keys()) {
    if (!old.has(path) && isTop(path, old) && !places.has(path)) {
      changes.push({ path, what: 'field added', effect: 'nothing' });
    }
  }
  return changes;
}

/** True if two mismatches are the same difference, seen from both ends. Each value is a difference of its own. */
const isSamePlace = (one: Mismatch, other: Mismatch): boolean =>
  one.keyword !== 'value' && one.path === other.path && one.keyword === other.keyword;

/** True for a mismatch that is no change if it is seen from the other end: that is an added or a removed field. */
const isOneSided = ({ keyword, sender }: Mismatch): boolean =>
  keyword === 'oneOf' || (keyword === 'required' && sender === 'absent');

/** True if the object around a field is there. Otherwise that object is the change. */
function isTop(path: string, fields: ReadonlyMap<string, unknown>): boolean {
  const end = path.lastIndexOf('.');
  const above = end === -1 ? '' : path.slice(0, end).replace(/(?:\[\]|\.\*)+$/, '');
  return above === '' || above === '*' || fields.has(above);
}

/** @param isOld true if the sender's schema is the old one. */
function changeOf(
  { path, keyword, sender, receiver }: Mismatch,
  isOld: boolean,
  effect: Effect,
): ValueChange {
  const [old, current] = isOld ? [sender, receiver] : [receiver, sender];
  return { path, what: textOf(keyword, { old, current, sent: sender, isOld }), effect };
}

function textOf(
  keyword: string,
  { old, current, sent, isOld }: { old: string; current: string; sent: string; isOld: boolean },
): string {
  if (keyword === 'value') return isOld ? `value ${sent} removed` : `value ${sent} added`;
  if (keyword === 'oneOf') return 'more than one form of oneOf may fit';
  if (keyword === 'required' || keyword === 'fields' || keyword === 'field') return `${old} → ${current}`;
  return `${keyword}: ${old} → ${current}`;
}
