import type { oas31 } from 'zod-openapi';
import type { Accepts } from './accepts.ts';
import type { JsonSchema, SchemaOrRef, Schemas } from './json-schema.ts';

/**
 * Removes examples and defaults that their own schema does not accept from the schemas of a document. They occur
 * because a pipe returns a different type than it takes, and because a meta can contain anything. The deprecated
 * `example` becomes one of `examples`. It yields after each part, so that other work can run in between.
 */
export function* tidySchemas({ components, paths }: oas31.OpenAPIObject, accepts: Accepts): Generator<void> {
  for (const schema of Object.values(components?.schemas ?? {})) {
    tidy(schema, accepts);
    yield;
  }
  tidyWithin(components?.responses, accepts);
  for (const item of Object.values(paths ?? {})) {
    tidyWithin(item, accepts);
    yield;
  }
}

/** Tidies the schemas inside an object that is not a schema itself. They are under the key `schema`. */
function tidyWithin(part: unknown, accepts: Accepts): void {
  if (!isObject(part)) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === 'schema') tidy(value, accepts);
    else if (key !== 'example' && key !== 'examples') tidyWithin(value, accepts);
  }
}

function tidy(schema: unknown, accepts: Accepts): void {
  if (!isObject(schema)) return;
  const own: JsonSchema = { ...schema };
  partsOf(own).forEach((part) => {
    tidy(part, accepts);
  });
  const { example, examples, ...rest } = own;
  const isValid = (value: unknown) => accepts(rest, value);
  const listed: unknown[] = Array.isArray(examples) ? examples : [];
  const valid = [...(example === undefined ? [] : [example]), ...listed].filter(isValid);
  delete schema['example'];
  if (valid.length > 0) schema['examples'] = valid;
  else delete schema['examples'];
  if ('default' in own && !isValid(own.default)) delete schema['default'];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Returns the schemas that a schema contains. */
function partsOf(schema: JsonSchema): SchemaOrRef[] {
  const { properties, patternProperties, anyOf, oneOf, allOf, prefixItems } = schema;
  const { items, additionalProperties, propertyNames, not } = schema;
  const some = [items, additionalProperties, propertyNames, not].filter((part) => typeof part === 'object');
  const named: (Schemas | undefined)[] = [properties, patternProperties];
  const listed = [anyOf, oneOf, allOf, prefixItems];
  return [
    ...named.flatMap((parts) => Object.values(parts ?? {})),
    ...listed.flatMap((parts) => parts ?? []),
    ...some,
  ];
}
