import { isPlainObject } from '../rest/text.ts';

/** What superjson calls a type that JSON lacks. */
export type TypeName = 'Date' | 'bigint' | 'set' | 'map';

/**
 * The types of a JSON value and its parts, as indexes into a list: a date, for example, or an object of which some fields
 * are dates. The list can contain itself, as schemas do.
 */
export interface TypedValue {
  /** The types of the value, one of which fits. */
  kinds?: readonly TypeName[];
  /** The fields of an object, or the places of a tuple. */
  fields?: Readonly<Record<string, number>>;
  /** Each other field or item, and each value of a map. */
  each?: number;
  /** Each key of a map, all of which are texts in JSON; `number` for keys that are numbers. */
  keys?: number | 'number';
}

/** The JSON values that can be of each type. */
const FITS: Readonly<Record<TypeName, (json: unknown) => boolean>> = {
  Date: (json) => typeof json === 'string' && DATE.test(json) && !Number.isNaN(Date.parse(json)),
  bigint: (json) => typeof json === 'number' || (typeof json === 'string' && /^-?\d+$/.test(json)),
  set: Array.isArray,
  map: isPlainObject,
};
const DATE = /^[+-]?\d{4,6}-\d\d-\d\d(?:T.+)?$/;

/** Returns the type that a JSON value stands for; `undefined` if it is what it is. */
export const typeNameOf = (json: unknown, { kinds = [] }: TypedValue): TypeName | undefined =>
  kinds.find((kind) => FITS[kind](json));

/** Returns the place of a part in the list, by its name or its index. */
export const placeOf = ({ fields = {}, each }: TypedValue, name: string | number): number | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : each;
