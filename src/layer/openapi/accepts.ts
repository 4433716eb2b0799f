import * as core from 'zod/v4/core';
import { isReference, type JsonSchema, nameOf, type SchemaOrRef, type Schemas } from './json-schema.ts';

/** Checks a value against some keywords of a schema. True if they do not apply to values of this type. */
type Check = (value: unknown, schema: JsonSchema, accepts: Accepts) => boolean;
/** True if a schema accepts a JSON value. */
export type Accepts = (schema: SchemaOrRef, value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True if two values are the same JSON. */
const areEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

/** The formats that a pattern does not fully check. */
const FORMATS: Record<string, core.$ZodType> = {
  'date-time': core._isoDateTime(core.$ZodISODateTime, { offset: true }),
  date: core._isoDate(core.$ZodISODate),
  email: core._email(core.$ZodEmail),
  uri: core._url(core.$ZodURL),
  uuid: core._guid(core.$ZodGUID),
  ipv4: core._ipv4(core.$ZodIPv4),
  ipv6: core._ipv6(core.$ZodIPv6),
  duration: core._isoDuration(core.$ZodISODuration),
};

function isOfFormat(value: string, format: string): boolean {
  const schema = FORMATS[format];
  return schema === undefined || core.safeParse(schema, value).success;
}

const CHECKS: Check[] = [
  (value, { type }) => type === undefined || [type].flat().some((one) => TYPES[one]?.(value) ?? true),
  (value, schema) => !('const' in schema) || areEqual(value, schema.const),
  (value, { enum: choices }) => choices?.some((choice) => areEqual(choice, value)) ?? true,
  (value, { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf }) =>
    typeof value !== 'number' ||
    (value >= minimum &&
      value <= maximum &&
      (exclusiveMinimum === undefined || value > exclusiveMinimum) &&
      (exclusiveMaximum === undefined || value < exclusiveMaximum) &&
      (multipleOf === undefined || Number.isInteger(value / multipleOf))),
  (value, { minLength = 0, maxLength = Infinity, pattern, format = '' }) => {
    if (typeof value !== 'string') return true;
    const { length } = Array.from(value);
    if (length < minLength || length > maxLength) return false;
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false;
    return isOfFormat(value, format);
  },
  (value, { minItems = 0, maxItems = Infinity, uniqueItems, prefixItems = [], items }, accepts) => {
    if (!Array.isArray(value)) return true;
    const list: unknown[] = value;
    if (list.length < minItems || list.length > maxItems) return false;
    if (uniqueItems && new Set(list.map((item) => JSON.stringify(item))).size < list.length) return false;
    return list.every((item, i) => {
      const schema = prefixItems[i] ?? items;
      return schema === undefined || accepts(schema, item);
    });
  },
  (value, schema, accepts) => {
    if (!isObject(value)) return true;
    const { properties = {}, required = [], additionalProperties = true, propertyNames } = schema;
    const { patternProperties, minProperties = 0, maxProperties = Infinity } = schema;
    const names = Object.keys(value);
    if (names.length < minProperties || names.length > maxProperties) return false;
    if (!required.every((name) => Object.hasOwn(value, name))) return false;
    return names.every((name) => {
      if (propertyNames && !accepts(propertyNames, name)) return false;
      const patterns = Object.entries(patternProperties ?? {}).filter(([pattern]) =>
        new RegExp(pattern, 'u').test(name),
      );
      if (!patterns.every(([, pattern]) => accepts(pattern, value[name]))) return false;
      if (Object.hasOwn(properties, name)) return accepts(properties[name] ?? {}, value[name]);
      if (patterns.length > 0 || additionalProperties === true) return true;
      return additionalProperties !== false && accepts(additionalProperties, value[name]);
    });
  },
  (value, { anyOf, oneOf, allOf, not }, accepts) => {
    const fits = (schema: SchemaOrRef) => accepts(schema, value);
    if (not && fits(not)) return false;
    if (oneOf && oneOf.filter(fits).length !== 1) return false;
    return (anyOf?.some(fits) ?? true) && (allOf?.every(fits) ?? true);
  },
];

/**
 * Creates a function that checks JSON values against the schemas of a document.
 * @param schemas the named schemas that references point to.
 */
export function createAccepts(schemas: Schemas): Accepts {
  return function accepts(schema, value) {
    // In JSON Schema, true and false are schemas too. The types omit them.
    if (typeof schema !== 'object') return schema !== false;
    if (isReference(schema)) {
      const named = schemas[nameOf(schema.$ref)];
      if (!named || !accepts(named, value)) return false;
    }
    const own: JsonSchema = { ...schema };
    return CHECKS.every((check) => check(value, own, accepts));
  };
}
