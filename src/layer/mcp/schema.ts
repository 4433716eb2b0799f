import { createSchema } from 'zod-openapi';
import { DIALECT } from '../openapi/dialect.ts';
import { createWire } from '../openapi/wire.ts';
import { isPlainObject } from '../rest/text.ts';
import type { Schema, Side } from '../schema/schema.ts';

/** A JSON Schema (draft 2020-12) of objects. */
export interface ObjectSchema {
  type: 'object';
  [keyword: string]: unknown;
}

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = Record<string, unknown>;

const REFERENCE = '#/$defs/';
/** Keywords whose values are schemas by name. */
const BY_NAME = ['properties', 'patternProperties', '$defs'];
/** Keywords whose values are not schemas. */
const VALUES = ['default', 'enum', 'const'];

/**
 * Returns the JSON Schema of the values that are sent for a schema, with all its named parts in `$defs`. It has as few
 * characters as possible, because an agent reads the schemas of all tools before each answer: it lacks examples, the
 * patterns of known formats, the limits of safe integers, and forms of values that may be null.
 * @throws {Error} if zod-openapi cannot write it.
 */
export function jsonSchemaOf(schema: Schema, side: Side): JsonSchema {
  const { schema: root, components } = createSchema(createWire(side)(schema), {
    io: side,
    opts: DIALECT,
    schemaRefPath: REFERENCE,
    openapiVersion: '3.1.1',
  });
  const parts: JsonSchema = { ...components };
  const named =
    '$ref' in root && typeof root.$ref === 'string' ? root.$ref.slice(REFERENCE.length) : undefined;
  const whole: JsonSchema = { ...(named === undefined ? root : asJson(parts[named])) };
  const used = usedParts(whole, parts);
  return compact({ ...whole, ...(used.length > 0 && { $defs: Object.fromEntries(used) }) });
}

/** Returns a schema with the type of objects, if it is the schema of objects only, also if it has several forms of them. */
export const asObjectSchema = (schema: JsonSchema): ObjectSchema | null =>
  isOfObjects(schema) ? { ...schema, type: 'object' } : null;

/** Returns the schema of an object whose only field has a schema. */
export function wrappedSchema({ $defs, ...value }: JsonSchema, field: string): ObjectSchema {
  return {
    type: 'object',
    properties: { [field]: value },
    required: [field],
    ...($defs !== undefined && { $defs }),
  };
}

function isOfObjects(schema: JsonSchema): boolean {
  if (schema['type'] === 'object') return true;
  const { anyOf, oneOf, allOf } = schema;
  if (Array.isArray(allOf)) return allOf.some((part) => isOfObjects(asJson(part)));
  const forms = anyOf ?? oneOf;
  return Array.isArray(forms) && forms.length > 0 && forms.every((part) => isOfObjects(asJson(part)));
}

const asJson = (value: unknown): JsonSchema => (isPlainObject(value) ? value : {});

/** Returns the named parts that a schema refers to, also by way of others. */
function usedParts(schema: JsonSchema, parts: JsonSchema): [string, unknown][] {
  const used = new Map<string, unknown>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isPlainObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const name = key === '$ref' && typeof inner === 'string' ? inner.slice(REFERENCE.length) : undefined;
      if (name !== undefined && !used.has(name)) {
        used.set(name, parts[name]);
        visit(parts[name]);
      } else visit(inner);
    }
  };
  visit(schema);
  return [...used];
}

/** Keywords that may reject null. All others concern values of one type. */
const OF_ALL_TYPES = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'enum', 'const'];

/** Returns a schema of the values of one type, or null, without its two forms. Its own description takes precedence. */
function withoutForms(schema: JsonSchema): JsonSchema {
  const { anyOf, ...others } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [form, isNull] = [asJson(anyOf[0]), asJson(anyOf[1])];
  const isSimple = typeof form['type'] === 'string' && !OF_ALL_TYPES.some((keyword) => keyword in form);
  const isAlone = Object.keys(isNull).length === 1 && isNull['type'] === 'null';
  return isSimple && isAlone ? { ...form, ...others, type: [form['type'], 'null'] } : schema;
}

function compact(whole: JsonSchema): JsonSchema {
  const schema = withoutForms(whole);
  const kept = Object.entries(schema).filter(([key, value]) => !isNeedless(key, value, schema));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (VALUES.includes(key)) return [key, value];
      if (BY_NAME.includes(key)) return [key, mapValues(asJson(value), compactPart)];
      return [key, compactPart(value)];
    }),
  );
}

const compactPart = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(compactPart) : isPlainObject(value) ? compact(value) : value;

const mapValues = (object: JsonSchema, map: (value: unknown) => unknown): JsonSchema =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));

function isNeedless(key: string, value: unknown, schema: JsonSchema): boolean {
  if (key === 'examples' || key === 'example' || key === 'id') return true;
  if (key === 'pattern') return 'format' in schema;
  if (key === 'minimum') return value === Number.MIN_SAFE_INTEGER;
  return key === 'maximum' && value === Number.MAX_SAFE_INTEGER;
}
