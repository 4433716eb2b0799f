import {
  annotated,
  arrayOf,
  booleanOf,
  numberOf,
  objectOf,
  optionalOf,
  stringOf,
  unknownOf,
} from './build.ts';
import { isSchema, type Schema, type Side } from './schema.ts';

/** A validator of another library than zod 4, by Standard Schema (https://standardschema.dev). */
interface Standard {
  vendor: string;
  /** Returns the JSON Schema of a side (Standard JSON Schema). */
  jsonSchema?: Record<Side, (options: { target: string }) => unknown>;
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the Standard Schema of a parser; `undefined` if it has none. */
function standardOf(parser: unknown): Standard | undefined {
  const holds = (typeof parser === 'object' && parser !== null) || typeof parser === 'function';
  const standard: unknown = holds ? Reflect.get(parser, '~standard') : undefined;
  return isStandard(standard) ? standard : undefined;
}

const isStandard = (value: unknown): value is Standard =>
  isObject(value) && typeof value['vendor'] === 'string';

/** True for a schema of zod 3, even if a zod 3 that has Standard Schema created it. */
const isZod3 = (parser: unknown): boolean => {
  const definition: unknown = isObject(parser) ? parser['_def'] : undefined;
  return isObject(definition) && typeof definition['typeName'] === 'string' && !('_zod' in Object(parser));
};

/**
 * Returns the schema of a parser for REST and the OpenAPI document. The procedure itself parses with the parser.
 * @returns a zod 4 schema itself; for another Standard Schema a schema that accepts more values, with the fields and
 *   the description of its Standard JSON Schema if the library offers that.
 * @param names the fields that an input has for certain, for a library that offers none.
 * @throws {Error} for other parsers. The message says what to do.
 */
export function schemaOf(parser: unknown, side: Side, names: readonly string[] = []): Schema {
  if (isSchema(parser)) return parser;
  if (isZod3(parser)) {
    throw new Error(
      `the ${side} is a zod 3 schema. REST needs zod 4: import { z } from 'zod/v4', or update zod.`,
    );
  }
  if (!standardOf(parser)) {
    throw new Error(`the ${side} must be a schema of zod 4 or of another library with Standard Schema.`);
  }
  const described = jsonSchemaOf(parser, side);
  if (described) return fromJsonSchema(described);
  if (side === 'output') return unknownOf();
  return objectOf(Object.fromEntries(names.map((name) => [name, unknownOf()])), unknownOf());
}

/**
 * Returns the library of a parser that the OpenAPI document cannot describe, because it offers no Standard JSON Schema;
 * `undefined` for other parsers.
 */
export function undescribedVendor(parser: unknown, side: Side): string | undefined {
  if (isSchema(parser) || jsonSchemaOf(parser, side)) return undefined;
  return standardOf(parser)?.vendor;
}

/** Returns the JSON Schema of a parser; `undefined` if the library has none for it, or it refers to parts of itself. */
function jsonSchemaOf(parser: unknown, side: Side): JsonObject | undefined {
  let described: unknown;
  try {
    described = standardOf(parser)?.jsonSchema?.[side]({ target: 'draft-2020-12' });
  } catch {
    return undefined;
  }
  // A reference into the schema would point to nothing in the document.
  if (!isObject(described) || JSON.stringify(described).includes('"$ref"')) return undefined;
  const { $schema: _, ...schema } = described;
  return schema;
}

/** Returns a schema with the fields and the description of a JSON Schema, to convert text and to write values. */
function fromJsonSchema(schema: JsonObject): Schema {
  const { type, properties, required, additionalProperties } = schema;
  if (type !== 'object' || !isObject(properties)) return described(schema);
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(([name, property]) => {
    const field = described(isObject(property) ? property : {});
    return [name, needed.includes(name) ? field : optionalOf(field)] as const;
  });
  const others = additionalProperties === false ? undefined : unknownOf();
  return objectOf(Object.fromEntries(fields), others);
}

const described = (schema: JsonObject): Schema => annotated(ofType(schema), { override: schema });

/** Returns the schema of a type of which text can be converted; other values stay as they are. */
function ofType({ type, items }: JsonObject): Schema {
  if (type === 'string') return stringOf();
  if (type === 'number' || type === 'integer') return numberOf();
  if (type === 'boolean') return booleanOf();
  return type === 'array' && isObject(items) ? arrayOf(ofType(items)) : unknownOf();
}
