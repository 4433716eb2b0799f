import { bail } from './bail.ts';
import type { Encoder } from './encoder.ts';
import { type Meta, pathOf, ROOT } from './meta.ts';
import { quote } from './text.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Names that superjson rejects, because setting them could change a prototype. */
const REJECTED = new Set(['__proto__', 'constructor', 'prototype']);
const STARTS_LIKE_NUMBER = /^\d/;

interface Field {
  key: string;
  encoder: Encoder;
  /** The key in JSON, as the first field and as a later one. */
  first: string;
  next: string;
  path: string;
  /** The position among the fields. */
  index: number;
  /** True if JavaScript may order the key before others because it is a number. */
  early: boolean;
  rejected: boolean;
}

function field(key: string, encoder: Encoder, index: number): Field {
  const text = `${quote(key)}:`;
  const early = STARTS_LIKE_NUMBER.test(key);
  const rejected = REJECTED.has(key);
  return { key, encoder, first: `{${text}`, next: `,${text}`, path: pathOf(key), index, early, rejected };
}

function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * Creates an encoder of an object with known fields, in any order, any of which may be missing.
 * @param rest encodes fields with other names; without it, the encoder bails out at such a field.
 */
export function objectOf(shape: Readonly<Record<string, Encoder>>, rest?: Encoder): Encoder {
  const fields = Object.entries(shape).map(([key, encoder], index) => field(key, encoder, index));
  const byKey = new Map(fields.map((each) => [each.key, each]));
  const plain = rest === undefined && fields.every(({ encoder }) => encoder.plain);

  const find = (value: Plain, key: string, index: number): Field =>
    byKey.get(key) ?? (rest && Object.hasOwn(value, key) ? field(key, rest, index) : bail());

  function write(value: unknown, meta: Meta | null, path: string, key: string | number): string {
    if (!isPlain(value)) return bail();
    const inner = plain || meta === null ? ROOT : meta.within(path, key);
    let text = '';
    let expected = 0;
    let nested = false;
    for (const name in value) {
      let known = fields[expected];
      if (known?.key !== name) known = find(value, name, expected - 1);
      expected = known.index + 1;
      if (known.rejected && meta !== null) bail();
      const before = meta?.count;
      const json = known.encoder.write(value[name], meta, inner, known.path);
      if (json !== '') text += (text === '' ? known.first : known.next) + json;
      if (known.early && meta !== null && meta.count !== before) nested = meta.inOrder(inner, nested);
    }
    return text === '' ? '{}' : `${text}}`;
  }
  return { plain, tracked: false, write };
}

/** Creates an encoder of an object with any fields. */
export function recordOf(item: Encoder): Encoder {
  return objectOf({}, item);
}

/** Creates an encoder of an array: `items`, then any number of `rest`. */
export function listOf(items: readonly Encoder[], rest: Encoder): Encoder {
  const plain = rest.plain && items.every((item) => item.plain);

  function write(value: unknown, meta: Meta | null, path: string, key: string | number): string {
    if (!isList(value)) return bail();
    const inner = plain || meta === null ? ROOT : meta.within(path, key);
    let text = '[';
    let nested = false;
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      // superjson loses holes, and so the length of the array.
      if (item === undefined && !(index in value)) bail();
      const before = meta?.count;
      const json = (items[index] ?? rest).write(item, meta, inner, index);
      if (index > 0) text += ',';
      text += json === '' ? 'null' : json;
      if (meta !== null && meta.count !== before) nested = meta.inOrder(inner, nested);
    }
    return `${text}]`;
  }
  return { plain, tracked: false, write };
}

/** Creates an encoder of a set, which is an array in JSON. */
export function setOf(item: Encoder): Encoder {
  const list = listOf([], item);
  return {
    plain: false,
    tracked: false,
    write(value, meta, path, key) {
      if (!(value instanceof Set)) return bail();
      const items = [...(value as Set<unknown>)];
      if (meta === null) return list.write(items, null, ROOT, ROOT);
      return meta.collection('set', path, key, () => list.write(items, meta, ROOT, ROOT));
    },
  };
}

/** Creates an encoder of a map, which is an array of pairs for superjson and an object in plain JSON. */
export function mapOf(key: Encoder, item: Encoder): Encoder {
  const pairs = listOf([], listOf([key], item));
  const object = recordOf(item);
  return {
    plain: false,
    tracked: false,
    write(value, meta, path, name) {
      if (!(value instanceof Map)) return bail();
      const entries = [...(value as Map<string, unknown>)];
      if (meta === null) return object.write(Object.fromEntries(entries), null, ROOT, ROOT);
      return meta.collection('map', path, name, () => pairs.write(entries, meta, ROOT, ROOT));
    },
  };
}
