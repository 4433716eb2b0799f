import type { oas31 } from 'zod-openapi';
import type { Accepts, JsonSchema, SchemaOrRef, Schemas } from './accepts.ts';

/**
 * Leaves out the examples and defaults in the schemas of a document that their schema does not accept: what a pipe
 * returns is not what it takes, and a meta can say anything. The old `example` becomes one of `examples`.
 */
export function tidySchemas({ components, paths }: oas31.OpenAPIObject, accepts: Accepts): void {
  for (const schema of Object.values(components?.schemas ?? {})) tidy(schema, accepts);
  for (const part of [paths, components?.responses]) tidyWithin(part, accepts);
}

/** Finds the schemas in what is none: under the key `schema`. */
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
  const isRight = (value: unknown) => accepts(rest, value);
  const given: unknown[] = Array.isArray(examples) ? examples : [];
  const right = [...(example === undefined ? [] : [example]), ...given].filter(isRight);
  delete schema['example'];
  if (right.length > 0) schema['examples'] = right;
  else delete schema['examples'];
  if ('default' in own && !isRight(own.default)) delete schema['default'];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The schemas that a schema is made of. */
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
