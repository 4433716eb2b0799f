import { isPlainObject } from '../../rest/text.ts';
import { restricts } from './reader.ts';

/** Returns the text of a schema without what does not restrict values, with its keywords in alphabetical order. */
export function sameShape(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => restricts(key) || isPlainObject(inner));
  return Object.fromEntries(
    kept.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}
