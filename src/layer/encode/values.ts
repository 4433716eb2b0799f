import { bail } from './bail.ts';
import { listOf, mapOf, recordOf, setOf } from './containers.ts';
import type { Encoder } from './encoder.ts';
import type { Meta } from './meta.ts';
import { isoTime, quote } from './text.ts';

/** Encodes a string, a number that JSON has, a boolean or null. */
export const SCALAR: Encoder = {
  plain: true,
  tracked: true,
  write(value, meta) {
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'number') return number(value, meta);
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    return value === null ? 'null' : bail();
  },
};

/** Encodes a scalar that a check or a default may have replaced by any value, so a union must not rely on it. */
export const UNCERTAIN_SCALAR: Encoder = { ...SCALAR };

/** Encodes a valid date. */
export const DATE: Encoder = {
  plain: false,
  tracked: true,
  write(value, meta, path, key) {
    // A subclass of Date may have another `toISOString`.
    if (!(value instanceof Date) || Object.getPrototypeOf(value) !== Date.prototype) return bail();
    const time = value.getTime();
    if (Number.isNaN(time)) return bail();
    meta?.track(value);
    meta?.note(path, key, '":["Date"]');
    return `"${isoTime(time)}"`;
  },
};

/** Encodes any value by its actual type. Bails out at a value that is not plain data. */
export const ANY: Encoder = {
  plain: false,
  tracked: true,
  write(value, meta, path, key) {
    if (typeof value === 'object' && value !== null)
      return encoderOf(value, meta).write(value, meta, path, key);
    if (value === undefined) return nothing(meta, path, key);
    if (typeof value === 'bigint') return bigint(value, meta, path, key);
    return SCALAR.write(value, meta, path, key);
  },
};

const OBJECT = recordOf(ANY);
const LIST = listOf([], ANY);
const SET = setOf(ANY);
const MAP = mapOf(ANY, ANY);

/**
 * Returns the encoder of an object, and tracks the object, because it may be in other places too. `DATE` tracks dates
 * itself.
 */
function encoderOf(value: object, meta: Meta | null): Encoder {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return DATE;
  meta?.track(value);
  if (prototype === Object.prototype || prototype === null) return OBJECT;
  if (prototype === Set.prototype) return SET;
  if (prototype === Map.prototype) return MAP;
  // superjson also writes the named properties of an array.
  return Array.isArray(value) && Object.keys(value).length === value.length ? LIST : bail();
}

/** Plain JSON has `null` for NaN and the infinities. superjson annotates these and -0. */
function number(value: number, meta: Meta | null): string {
  if (meta === null) return Number.isFinite(value) ? String(value) : 'null';
  return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : bail();
}

function bigint(value: bigint, meta: Meta | null, path: string, key: string | number): string {
  meta?.track(value);
  meta?.note(path, key, '":["bigint"]');
  return `"${value}"`;
}

function nothing(meta: Meta | null, path: string, key: string | number): string {
  if (meta === null) return '';
  meta.note(path, key, '":["undefined"]');
  return 'null';
}

/** Returns an encoder that also accepts null. */
export function nullable(inner: Encoder): Encoder {
  if (inner === SCALAR || inner === ANY) return inner;
  const { plain, tracked } = inner;
  return {
    plain,
    tracked,
    write: (value, meta, path, key) => (value === null ? 'null' : inner.write(value, meta, path, key)),
  };
}

/** Returns an encoder that also accepts undefined. */
export function optional(inner: Encoder): Encoder {
  if (inner === ANY) return inner;
  return {
    plain: false,
    tracked: inner.tracked,
    write: (value, meta, path, key) =>
      value === undefined ? nothing(meta, path, key) : inner.write(value, meta, path, key),
  };
}

/** Returns an encoder of scalars, with `inner` for objects. */
export function scalarOr(inner: Encoder): Encoder {
  if (inner === SCALAR || inner === ANY) return inner;
  const { plain, tracked } = inner;
  return {
    plain,
    tracked,
    write: (value, meta, path, key) =>
      (typeof value === 'object' && value !== null ? inner : SCALAR).write(value, meta, path, key),
  };
}

/**
 * Creates an encoder of objects whose kind is in a field. An object of an unknown kind is encoded by its actual type.
 */
export function byKind(field: string, kinds: ReadonlyMap<unknown, Encoder>): Encoder {
  return {
    plain: false,
    tracked: false,
    write(value, meta, path, key) {
      const kind: unknown =
        typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
      return (kinds.get(kind) ?? ANY).write(value, meta, path, key);
    },
  };
}
