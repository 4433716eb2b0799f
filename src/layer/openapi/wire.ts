import * as core from 'zod/v4/core';
import {
  annotated,
  arrayOf,
  lazyOf,
  literalOf,
  neverOf,
  nullOf,
  optionalOf,
  partialRecordOf,
  unknownOf,
} from '../schema/build.ts';
import { isNothing, type Schema, type Side, unwrapOnce } from '../schema/schema.ts';
import {
  asJson,
  instead,
  isDescribed,
  keysOf,
  listOf,
  propertiesOf,
  withJsonExamples,
} from './annotations.ts';

/** Called for each part that JSON Schema cannot describe, with its path in the schema and what it is. */
export type OnOpen = (path: readonly string[], kind: string) => void;

/** Converts a schema to the schema of the JSON that is sent for its values. */
export type Wire = (schema: Schema) => Schema;

/** The schema that owns each name. Two schemas of a document cannot have the same name. */
export type Names = Map<string, Schema>;

/** Stops at this depth, because a lazy schema can create new schemas without end. */
const MAX_DEPTH = 50;

/**
 * Creates a function that converts schemas to those of their JSON, for documents. A set becomes an array, a map an
 * object, and a pipe the end that faces the caller. The smallest part that JSON Schema cannot describe becomes
 * `unknown`. If nothing has to change, the same schema is returned. No schema is modified.
 * @param side `input` for what callers send, `output` for what they get.
 */
export function createWire(side: Side, onOpen: OnOpen = () => undefined, names: Names = new Map()): Wire {
  const made = new Map<Schema, Schema>();
  const active = new Set<Schema>();

  function convert(schema: Schema, path: readonly string[]): Schema {
    const before = made.get(schema);
    if (before) return before;
    if (active.has(schema)) return lazyOf(() => made.get(schema) ?? schema);
    active.add(schema);
    const built = named(schema, withJsonExamples(isDescribed(schema) ? schema : build(schema, path)), path);
    active.delete(schema);
    made.set(schema, built);
    return built;
  }

  /** Gives a name to the first schema that uses it. Others with the same name lose it. */
  function named(schema: Schema, built: Schema, path: readonly string[]): Schema {
    const { id, ...meta } = core.globalRegistry.get(schema) ?? {};
    if (id === undefined) return built;
    const owner = names.get(id);
    if (!owner) names.set(id, schema);
    if (!owner || owner === schema) return built;
    onOpen(path, `another schema with the id ${id}, so it has none`);
    return annotated(core.clone(built, { ...built._zod.def }), meta);
  }

  function open(schema: Schema, path: readonly string[], kind: string): Schema {
    onOpen(path, `${kind}, which no JSON Schema describes`);
    return instead(schema, unknownOf());
  }

  /** Returns a schema of the same kind with other parts. */
  function remade(schema: Schema, def: core.$ZodTypes['_zod']['def'], path: readonly string[]): Schema {
    const copy = core.clone(schema, def);
    const { parent } = schema._zod;
    if (parent) copy._zod.parent = convert(parent, path);
    return annotated(copy, core.globalRegistry.get(schema));
  }

  function build(schema: Schema, path: readonly string[]): Schema {
    // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default case.
    const { def } = (schema as core.$ZodTypes)._zod;
    if (path.length > MAX_DEPTH) return open(schema, path, 'an endless schema');
    const part = (inner: Schema, ...keys: string[]) => convert(inner, [...path, ...keys]);
    const parts = (inner: readonly Schema[], key = '') => inner.map((one, i) => part(one, `${key}${i}`));
    switch (def.type) {
      case 'object': {
        const fields = Object.entries<Schema>(def.shape);
        const shape = Object.fromEntries(fields.map(([name, field]) => [name, part(field, name)]));
        const catchall = def.catchall && part(def.catchall, '*');
        const isSame = catchall === def.catchall && fields.every(([name, field]) => shape[name] === field);
        return isSame ? schema : remade(schema, { ...def, shape, ...(catchall && { catchall }) }, path);
      }
      case 'array': {
        const element = part(def.element, '*');
        return element === def.element ? schema : remade(schema, { ...def, element }, path);
      }
      case 'tuple': {
        const items = parts(def.items);
        const rest = def.rest && part(def.rest, '*');
        const isSame = rest === def.rest && areSame(items, def.items);
        return isSame ? schema : remade(schema, { ...def, items, rest }, path);
      }
      case 'record': {
        const keyType = keysOf(part(def.keyType, '{key}')) ?? def.keyType;
        const valueType = part(def.valueType, '*');
        const isSame = keyType === def.keyType && valueType === def.valueType;
        return isSame ? schema : remade(schema, { ...def, keyType, valueType }, path);
      }
      case 'map':
        return mapAsRecord(schema, def, path);
      case 'set':
        return instead(schema, annotated(arrayOf(part(def.valueType, '*')), listOf(def, side)));
      case 'union': {
        const sent = def.options.filter((option) => !isNothing(option));
        const options = parts(sent, '|');
        const [only] = options;
        const isSame = sent.length === def.options.length && areSame(options, sent);
        const whole = isSame ? schema : remade(schema, { ...def, options }, path);
        if (sent.length === def.options.length) return whole;
        const some = only && options.length === 1 ? instead(schema, only) : whole;
        return options.length === 0 ? absent(schema) : side === 'output' ? optionalOf(some) : some;
      }
      case 'intersection': {
        const [left, right] = [part(def.left), part(def.right)];
        return left === def.left && right === def.right
          ? schema
          : remade(schema, { ...def, left, right }, path);
      }
      case 'success':
        if (side === 'output') return schema;
        return instead(schema, part(def.innerType));
      case 'default':
      case 'prefault': {
        const innerType = part(def.innerType);
        const defaultValue = asJson(def.defaultValue);
        if (defaultValue === undefined) return instead(schema, optionalOf(innerType));
        return remade(schema, { ...def, innerType, defaultValue }, path);
      }
      case 'catch': {
        const innerType = part(def.innerType);
        // On input, a missing value is replaced too, so the field is optional. Which values are replaced is up to the
        // application, and not described.
        return side === 'input' ? instead(schema, optionalOf(innerType)) : instead(schema, innerType);
      }
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly': {
        const innerType = part(def.innerType);
        return innerType === def.innerType ? schema : remade(schema, { ...def, innerType }, path);
      }
      case 'pipe': {
        const isPreprocess = side === 'input' && def.in._zod.def.type === 'transform';
        return instead(schema, part(side === 'output' || isPreprocess ? def.out : def.in));
      }
      case 'lazy':
        return instead(schema, part(unwrapOnce(schema) ?? schema));
      case 'literal':
        return literal(schema, def.values);
      case 'undefined':
      case 'void':
        return absent(schema);
      case 'nan':
        // JSON.stringify writes NaN as null, and no JSON value is read as NaN.
        return instead(schema, side === 'output' ? nullOf() : neverOf());
      case 'file':
        return side === 'input' ? schema : open(schema, path, 'a file');
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
      case 'date':
      case 'null':
      case 'any':
      case 'unknown':
      case 'never':
      case 'enum':
      case 'template_literal':
        return schema;
      default:
        return schema._zod.toJSONSchema ? schema : open(schema, path, `a ${schema._zod.def.type}`);
    }
  }

  /** Describes `undefined`: JSON omits it in output, and no JSON value is read as it. */
  function absent(schema: Schema): Schema {
    return instead(schema, side === 'output' ? optionalOf(neverOf()) : neverOf());
  }

  /** Converts a literal: a bigint is sent as a string, and `undefined` is not sent. */
  function literal(schema: Schema, values: readonly core.util.Literal[]): Schema {
    const sent = values.filter((value) => value !== undefined);
    const [first, ...others] = sent.map((value) => (typeof value === 'bigint' ? String(value) : value));
    if (first === undefined) return absent(schema);
    const isSame = sent.length === values.length && !sent.some((value) => typeof value === 'bigint');
    if (isSame) return schema;
    const some = literalOf(first, ...others);
    return instead(schema, side === 'output' && sent.length < values.length ? optionalOf(some) : some);
  }

  function mapAsRecord(schema: Schema, def: core.$ZodMapDef, path: readonly string[]): Schema {
    const key = keysOf(convert(def.keyType, [...path, '{key}']));
    if (!key) return open(schema, path, 'a map whose keys have no text form');
    const value = convert(def.valueType, [...path, '*']);
    return instead(schema, annotated(partialRecordOf(key, value), propertiesOf(def)));
  }

  return (schema) => convert(schema, []);
}

const areSame = (some: readonly Schema[], others: readonly Schema[]) =>
  some.every((one, i) => one === others[i]);
