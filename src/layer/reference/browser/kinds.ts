import {
  isReference,
  type JsonSchema,
  nameOf,
  type SchemaOrRef,
  type Schemas,
} from '../../openapi/json-schema.ts';
import { isPlainObject } from '../../rest/text.ts';

/** What a form shows for a schema. */
export type Kind =
  | { kind: 'object'; fields: readonly FieldSchema[] }
  | { kind: 'tuple'; items: readonly SchemaOrRef[] }
  | { kind: 'list'; item: SchemaOrRef }
  | { kind: 'map'; value: SchemaOrRef }
  | { kind: 'union'; options: readonly SchemaOrRef[] }
  | { kind: 'choice'; values: readonly unknown[] }
  | { kind: 'boolean' }
  | { kind: 'number' }
  | { kind: 'text'; format: string; isLong: boolean }
  | { kind: 'file'; isList: boolean }
  | { kind: 'json' };

/** A field of an object. */
export interface FieldSchema {
  name: string;
  schema: SchemaOrRef;
  isRequired: boolean;
}

/** A text that may have more characters has several lines. */
const MAX_LINE = 200;

/** Returns a schema without references, each of which is followed at most this many times. */
export function resolved(schema: SchemaOrRef, schemas: Schemas): JsonSchema {
  let own: JsonSchema = typeof schema === 'object' ? { ...schema } : {};
  for (let i = 0; i < 20 && own.$ref !== undefined; i++) {
    const { $ref, ...beside } = own;
    own = { ...schemas[nameOf($ref)], ...beside };
  }
  return own;
}

const isFile = (schema: JsonSchema) => schema.type === 'string' && schema.format === 'binary';

/** Returns what a form shows for a schema. What it cannot show is JSON. */
export function kindOf(schema: SchemaOrRef, schemas: Schemas): Kind {
  const own = resolved(schema, schemas);
  if ('const' in own) return { kind: 'choice', values: [own.const] };
  if (own.enum) return { kind: 'choice', values: own.enum };
  const options = own.anyOf ?? own.oneOf;
  if (options) return unionOf(options);
  if (own.allOf) return intersectionOf(own, own.allOf, schemas);
  const types = [own.type ?? []].flat();
  const [type, other] = types;
  if (other !== undefined) return unionOf(types.map((one) => ({ ...own, type: one }) as SchemaOrRef));
  switch (type) {
    case 'object':
      return objectOf(own);
    case 'array':
      return listOf(own, schemas);
    case 'boolean':
      return { kind: 'boolean' };
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'null':
      return { kind: 'choice', values: [null] };
    case 'string':
      return isFile(own) ? { kind: 'file', isList: false } : textOf(own);
    default:
      return own.properties ? objectOf(own) : { kind: 'json' };
  }
}

/** Returns the options of a union; a single one is no union. */
function unionOf(options: readonly SchemaOrRef[]): Kind {
  return { kind: 'union', options };
}

function textOf({ format = '', pattern, maxLength }: JsonSchema): Kind {
  const isShort =
    format !== '' || pattern !== undefined || (maxLength !== undefined && maxLength <= MAX_LINE);
  return { kind: 'text', format, isLong: !isShort };
}

function objectOf({
  properties = {},
  required = [],
  additionalProperties,
  patternProperties,
}: JsonSchema): Kind {
  const fields = Object.entries(properties).map(([name, schema]) => {
    return { name, schema, isRequired: required.includes(name) };
  });
  if (fields.length > 0) return { kind: 'object', fields };
  if (typeof additionalProperties === 'object') return { kind: 'map', value: additionalProperties };
  const [value] = Object.values(patternProperties ?? {});
  return value ? { kind: 'map', value } : { kind: additionalProperties === true ? 'json' : 'object', fields };
}

function listOf({ items, prefixItems }: JsonSchema, schemas: Schemas): Kind {
  // A tuple that may have more items is written as JSON.
  if (prefixItems) return items ? { kind: 'json' } : { kind: 'tuple', items: prefixItems };
  if (items && isFile(resolved(items, schemas))) return { kind: 'file', isList: true };
  return { kind: 'list', item: items ?? {} };
}

/** Returns the fields of all parts of an intersection of objects. */
function intersectionOf(
  { allOf: _, ...own }: JsonSchema,
  parts: readonly SchemaOrRef[],
  schemas: Schemas,
): Kind {
  const fields = new Map<string, FieldSchema>();
  for (const part of [...parts, own as SchemaOrRef]) {
    const kind = kindOf(part, schemas);
    if (kind.kind === 'object') for (const field of kind.fields) fields.set(field.name, field);
    else if (kind.kind !== 'json' || Object.keys(part).length > 0) return { kind: 'json' };
  }
  return { kind: 'object', fields: [...fields.values()] };
}

/** Returns the name of a schema for people: that of a form of a union. */
export function labelOf(schema: SchemaOrRef, schemas: Schemas): string {
  const own = resolved(schema, schemas);
  if ('const' in own) return JSON.stringify(own.const);
  const fixed = Object.entries(own.properties ?? {}).find(([, field]) => 'const' in resolved(field, schemas));
  if (fixed) return `${fixed[0]}: ${labelOf(fixed[1], schemas)}`;
  if (own.title !== undefined) return own.title;
  if (isReference(schema)) return nameOf(schema.$ref);
  return own.format ?? [own.type ?? 'value'].flat().join(' or ');
}

/** True if a value has roughly the form of a schema, to choose one of a union. */
export function fits(value: unknown, schema: SchemaOrRef, schemas: Schemas): boolean {
  const kind = kindOf(schema, schemas);
  switch (kind.kind) {
    case 'object':
      return isPlainObject(value) && kind.fields.every((field) => fitsField(field, value, schemas));
    case 'map':
      return isPlainObject(value);
    case 'tuple':
    case 'list':
      return Array.isArray(value);
    case 'union':
      return kind.options.some((option) => fits(value, option, schemas));
    case 'choice':
      return kind.values.some((one) => JSON.stringify(one) === JSON.stringify(value));
    case 'boolean':
    case 'number':
      return typeof value === kind.kind;
    case 'text':
      return typeof value === 'string';
    case 'file':
      return false;
    case 'json':
      return true;
  }
}

function fitsField(
  { name, schema, isRequired }: FieldSchema,
  value: Readonly<Record<string, unknown>>,
  schemas: Schemas,
): boolean {
  if (value[name] === undefined) return !isRequired;
  const kind = kindOf(schema, schemas);
  // Fixed values tell the forms of a union apart. What is inside other fields does not matter, and may not end.
  return kind.kind !== 'choice' || fits(value[name], schema, schemas);
}
