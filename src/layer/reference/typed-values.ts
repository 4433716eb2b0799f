import type * as core from 'zod/v4/core';
import { defOf, type Schema, unwrap } from '../schema/schema.ts';
import type { TypedValue, TypeName } from './typed-json.ts';

type Def = core.$ZodTypes['_zod']['def'];
const KINDS: Partial<Record<Def['type'], TypeName>> = {
  date: 'Date',
  bigint: 'bigint',
  set: 'set',
  map: 'map',
};

/**
 * Lists the types of a schema's values in JSON. The first one is the whole value. The parts of a union are
 * merged: a field is that of the first part that has it.
 */
export function typedValuesOf(schema: Schema): TypedValue[] {
  const values: TypedValue[] = [];
  const places = new Map<Schema, number>();

  function placeOf(given: Schema): number {
    const bare = unwrap(given, 'input');
    const known = places.get(bare);
    if (known !== undefined) return known;
    const place = values.push({}) - 1;
    places.set(bare, place);
    values[place] = valueOf(bare);
    return place;
  }

  function valueOf(bare: Schema): TypedValue {
    const def = defOf(bare);
    const kind = KINDS[def.type];
    const own: TypedValue = kind ? { kinds: [kind] } : {};
    switch (def.type) {
      case 'object':
        return { fields: placesOf(def.shape), ...(def.catchall && { each: placeOf(def.catchall) }) };
      case 'tuple':
        return { fields: placesOf(def.items), ...(def.rest && { each: placeOf(def.rest) }) };
      case 'array':
        return { each: placeOf(def.element) };
      case 'record':
      case 'set':
        return { ...own, each: placeOf(def.valueType) };
      case 'map': {
        const isNumeric = defOf(unwrap(def.keyType, 'input')).type === 'number';
        const keys = isNumeric ? 'number' : placeOf(def.keyType);
        return { ...own, keys, each: placeOf(def.valueType) };
      }
      case 'literal':
        return def.values.some((value) => typeof value === 'bigint') ? { kinds: ['bigint'] } : own;
      case 'union':
        return merged(def.options.map((option) => valueOf(unwrap(option, 'input'))));
      case 'intersection':
        return merged([def.left, def.right].map((part) => valueOf(unwrap(part, 'input'))));
      default:
        return own;
    }
  }

  const placesOf = (parts: Readonly<Record<string, Schema>> | readonly Schema[]) =>
    Object.fromEntries(Object.entries<Schema>(parts).map(([name, part]) => [name, placeOf(part)]));

  placeOf(schema);
  return values;
}

const merged = (parts: readonly TypedValue[]): TypedValue =>
  parts.reduce(
    (all, part) => ({
      ...part,
      ...all,
      kinds: [...(all.kinds ?? []), ...(part.kinds ?? [])],
      fields: { ...part.fields, ...all.fields },
    }),
    {},
  );
