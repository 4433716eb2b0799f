import type { oas31 } from 'zod-openapi';
import type { Accepts } from './accepts.ts';
import { isReference, type JsonSchema, nameOf, type SchemaOrRef, type Schemas } from './json-schema.ts';
import { numbersFor, stringsFor } from './samples.ts';

/**
 * Creates a function that returns an example which a schema accepts. It combines the examples of the schema's parts,
 * and derives values from the types of parts that have none. It returns `undefined` if it finds no accepted value.
 */
export function createExamples(schemas: Schemas, accepts: Accepts): (schema: SchemaOrRef) => unknown {
  /** The named schemas in progress. An example of a recursive schema does not contain that schema again. */
  const within = new Set<string>();

  function exampleOf(schema: SchemaOrRef): unknown {
    for (const value of candidates({ ...schema })) {
      if (value !== undefined && accepts(schema, value)) return value;
    }
    return undefined;
  }

  function* candidates(own: JsonSchema): Generator {
    if (Array.isArray(own.examples)) yield* own.examples;
    if (own.$ref !== undefined) yield exampleOfNamed(nameOf(own.$ref));
    yield own.const;
    yield own.default;
    yield* own.enum ?? [];
    for (const option of own.anyOf ?? own.oneOf ?? []) yield exampleOf(option);
    if (own.allOf) yield* ofAll(own, own.allOf);
    for (const type of [own.type ?? []].flat()) yield* ofType(type, own);
  }

  function exampleOfNamed(name: string): unknown {
    const schema = schemas[name];
    if (!schema || within.has(name)) return undefined;
    within.add(name);
    const example = exampleOf(schema);
    within.delete(name);
    return example;
  }

  /**
   * Yields candidates for an intersection: an object with the fields of all parts, or values for all their keywords.
   */
  function* ofAll({ allOf: _, ...own }: JsonSchema, parts: SchemaOrRef[]): Generator {
    const examples = parts.map(exampleOf);
    yield Object.assign({}, ...examples);
    yield* examples;
    if (!parts.some(isReference))
      yield* candidates(parts.reduce<JsonSchema>((merged, part) => ({ ...merged, ...part }), own));
  }

  function* ofType(type: string, schema: JsonSchema): Generator {
    if (type === 'object') yield* objectsFor(schema);
    if (type === 'array') yield* listsFor(schema);
    if (type === 'string') yield* stringsFor(schema);
    if (type === 'integer' || type === 'number') yield* numbersFor(schema);
    if (type === 'boolean') yield* [false, true];
    if (type === 'null') yield null;
  }

  function* listsFor({ prefixItems = [], items, minItems = 0, uniqueItems }: JsonSchema): Generator {
    const first = prefixItems.map(exampleOf);
    const end = first.indexOf(undefined);
    const start = end === -1 ? first : first.slice(0, end);
    const missing = Math.max(minItems - start.length, 0);
    if (missing > MOST_ITEMS) return;
    // In JSON Schema, false means no more items. The types omit it.
    if (typeof items === 'object') {
      const count = Math.max(missing, prefixItems.length === 0 ? 1 : 0);
      const some = uniqueItems
        ? differentOnes(items, count)
        : Array.from({ length: count }, () => exampleOf(items));
      if (!some.includes(undefined)) yield [...start, ...some];
    }
    yield start;
  }

  /** Returns up to `count` different values that a schema accepts. */
  function differentOnes(schema: SchemaOrRef, count: number): unknown[] {
    const found = new Map<string, unknown>();
    for (const value of candidates({ ...schema })) {
      if (found.size === count) break;
      if (value !== undefined && accepts(schema, value)) found.set(JSON.stringify(value), value);
    }
    return [...found.values()];
  }

  /** Yields an object with all fields, then one with the required fields only, in case the first has too many. */
  function* objectsFor(schema: JsonSchema): Generator {
    const {
      properties = {},
      required = [],
      additionalProperties = {},
      propertyNames,
      minProperties = 0,
    } = schema;
    const other = () =>
      typeof additionalProperties === 'object' ? exampleOf(additionalProperties) : undefined;
    const named = required
      .filter((name) => !Object.hasOwn(properties, name))
      .map((name) => [name, other()] as const);
    const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field)] as const);
    const known = [...fields, ...named].filter(([, value]) => value !== undefined);
    const all = Object.fromEntries(known);
    const missing = minProperties - known.length;
    if (missing > 0 && missing <= MOST_ITEMS) {
      const names = differentOnes(propertyNames ?? { enum: NAMES }, missing);
      yield { ...all, ...Object.fromEntries(names.map((name) => [name, other()])) };
    }
    yield all;
    yield Object.fromEntries(known.filter(([name]) => required.includes(name)));
  }

  return exampleOf;
}

/** Limits the length of generated examples, so that they stay readable. */
const MOST_ITEMS = 20;
const NAMES = Array.from({ length: MOST_ITEMS }, (_, i) => `name${i + 1}`);

/**
 * Adds an example to each request and response body of a document that has none. It yields after each path, so that
 * other work can run in between.
 */
export function* addExamples(
  { paths = {} }: oas31.OpenAPIObject,
  exampleOf: (schema: SchemaOrRef) => unknown,
): Generator<void> {
  for (const item of Object.values(paths)) {
    yield;
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      const bodies = [operation?.requestBody, ...Object.values<unknown>(operation?.responses ?? {})];
      for (const body of bodies.filter(hasContent)) {
        for (const media of Object.values(body.content)) {
          const example = media.schema && !media.examples && exampleOf(media.schema);
          if (example !== undefined) media.example = example;
        }
      }
    }
  }
}

const hasContent = (body: unknown): body is { content: oas31.ContentObject } =>
  typeof body === 'object' && body !== null && 'content' in body;
