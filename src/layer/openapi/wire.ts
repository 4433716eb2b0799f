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

/** Converts a schema to the schema of the JSON that is sent for its values. */
export type Wire = (schema: Schema) => Schema;

/** Stops at this depth, because a lazy schema can create new schemas without end. */
const MAX_DEPTH = 50;

/**
 * Creates a function that converts schemas to those of their JSON, for documents. A set becomes an array, a map an
 * object, and a pipe the end that faces the caller. The smallest part that JSON Schema cannot describe becomes
 * `unknown`. If nothing has to change, the same schema is returned. No schema is modified.
 * @param side `input` for what callers send, `output` for what they get.
 */
export function createWire(side: Side): Wire {
  /** The schema that owns each name. Two schemas of a document cannot have the same name. */
  const names = new Map<string, Schema>();
  const made = new Map<Schema, Schema>();
  const active = new Set<Schema>();

  function convert(schema: Schema, depth: number): Schema {
    const before = made.get(schema);
    if (before) return before;
    if (active.has(schema)) return lazyOf(() => made.get(schema) ?? schema);
    active.add(schema);
    const built = named(schema, withJsonExamples(isDescribed(schema) ? schema : build(schema, depth)));
    active.delete(schema);
    made.set(schema, built);
    return built;
  }

  /** Gives a name to the first schema that uses it. Others with the same name lose it. */
  function named(schema: Schema, built: Schema): Schema {
    const { id, ...meta } = core.globalRegistry.get(schema) ?? {};
    if (id === undefined) return built;
    const owner = names.get(id);
    if (!owner) names.set(id, schema);
    if (!owner || owner === schema) return built;
    return annotated(core.clone(built, { ...built._zod.def }), meta);
  }

  /** Leaves a schema open. `createUndescribed` finds such schemas. */
  const open = (schema: Schema) => instead(schema, unknownOf());

  /** Returns a schema of the same kind with other parts. */
  function remade(schema: Schema, def: core.$ZodTypes['_zod']['def'], depth: number): Schema {
    const copy = core.clone(schema, def);
    const { parent } = schema._zod;
    if (parent) copy._zod.parent = convert(parent, depth);
    return annotated(copy, core.globalRegistry.get(schema));
  }

  function build(schema: Schema, depth: number): Schema {
    // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default case.
    const { def } = (schema as core.$ZodTypes)._zod;
    if (depth > MAX_DEPTH) return open(schema);
    const part = (inner: Schema) => convert(inner, depth);
    const member = (inner: Schema) => convert(inner, depth + 1);
    const members = (inner: readonly Schema[]) => inner.map(member);
    switch (def.type) {
      case 'object': {
        const fields = Object.entries<Schema>(def.shape);
        const shape = Object.fromEntries(fields.map(([name, field]) => [name, member(field)]));
        const catchall = def.catchall && member(def.catchall);
        const isSame = catchall === def.catchall && fields.every(([name, field]) => shape[name] === field);
        return isSame ? schema : remade(schema, { ...def, shape, ...(catchall && { catchall }) }, depth);
      }
      case 'array': {
        const element = member(def.element);
        return element === def.element ? schema : remade(schema, { ...def, element }, depth);
      }
      case 'tuple': {
        const items = members(def.items);
        const rest = def.rest && member(def.rest);
        const isSame = rest === def.rest && areSame(items, def.items);
        return isSame ? schema : remade(schema, { ...def, items, rest }, depth);
      }
      case 'record': {
        const keyType = keysOf(member(def.keyType)) ?? def.keyType;
        const valueType = member(def.valueType);
        const isSame = keyType === def.keyType && valueType === def.valueType;
        return isSame ? schema : remade(schema, { ...def, keyType, valueType }, depth);
      }
      case 'map':
        return mapAsRecord(schema, def, depth);
      case 'set':
        return instead(schema, annotated(arrayOf(member(def.valueType)), listOf(def, side)));
      case 'union': {
        const sent = def.options.filter((option) => !isNothing(option));
        const options = members(sent);
        const [only] = options;
        const isSame = sent.length === def.options.length && areSame(options, sent);
        const whole = isSame ? schema : remade(schema, { ...def, options }, depth);
        if (sent.length === def.options.length) return whole;
        const some = only && options.length === 1 ? instead(schema, only) : whole;
        return options.length === 0 ? absent(schema) : side === 'output' ? optionalOf(some) : some;
      }
      case 'intersection': {
        const [left, right] = [part(def.left), part(def.right)];
        return left === def.left && right === def.right
          ? schema
          : remade(schema, { ...def, left, right }, depth);
      }
      case 'success':
        if (side === 'output') return schema;
        return instead(schema, part(def.innerType));
      case 'default':
      case 'prefault': {
        const innerType = part(def.innerType);
        const defaultValue = asJson(def.defaultValue);
        if (defaultValue === undefined) return instead(schema, optionalOf(innerType));
        return remade(schema, { ...def, innerType, defaultValue }, depth);
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
        return innerType === def.innerType ? schema : remade(schema, { ...def, innerType }, depth);
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
        return side === 'input' ? schema : open(schema);
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
        return schema._zod.toJSONSchema ? schema : open(schema);
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

  function mapAsRecord(schema: Schema, def: core.$ZodMapDef, depth: number): Schema {
    const key = keysOf(convert(def.keyType, depth + 1));
    if (!key) return open(schema);
    const value = convert(def.valueType, depth + 1);
    return instead(schema, annotated(partialRecordOf(key, value), propertiesOf(def)));
  }

  return (schema) => convert(schema, 0);
}

const areSame = (some: readonly Schema[], others: readonly Schema[]) =>
  some.every((one, i) => one === others[i]);
