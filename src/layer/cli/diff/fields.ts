import { isPlainObject } from '../../rest/text.ts';
import type { End } from './subset.ts';
import { type Conjunction, propertyNames, propertyOf, type SchemaReader, valuesOf } from './reader.ts';

/** Stops at this depth: a schema that contains itself has fields without end. */
const MAX_DEPTH = 12;

/** Returns the places of all fields that a schema names, such as `items[].id`, with their defaults as JSON. */
export function namedFields({ reader, schemas }: End): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  visit(reader, schemas, '', new Set(), found);
  return found;
}

function visit(
  reader: SchemaReader,
  schemas: Conjunction,
  path: string,
  above: ReadonlySet<string>,
  found: Map<string, string | undefined>,
): void {
  const key = JSON.stringify(schemas);
  if (above.has(key) || above.size > MAX_DEPTH) return;
  const within = new Set([...above, key]);
  for (const { parts } of reader.forms(schemas)) {
    for (const name of propertyNames(parts)) {
      const inner = propertyOf(parts, name) ?? [];
      const place = path === '' ? name : `${path}.${name}`;
      const [value] = valuesOf(inner.filter(isPlainObject), 'default');
      if (!found.has(place)) found.set(place, value === undefined ? undefined : JSON.stringify(value));
      visit(reader, inner, place, within, found);
    }
    const lists = valuesOf(parts, 'prefixItems').flatMap((all): unknown[] => (Array.isArray(all) ? all : []));
    for (const item of [...valuesOf(parts, 'items'), ...lists])
      visit(reader, [item], `${path}[]`, within, found);
    for (const value of valuesOf(parts, 'additionalProperties')) {
      visit(reader, [value], path === '' ? '*' : `${path}.*`, within, found);
    }
  }
}
