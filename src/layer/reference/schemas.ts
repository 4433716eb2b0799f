import { createSchema } from 'zod-openapi';
import { createAccepts } from '../openapi/accepts.ts';
import type { SchemaOrRef, Schemas } from '../openapi/json-schema.ts';
import { DIALECT } from '../openapi/dialect.ts';
import { createExamples } from '../openapi/examples.ts';
import { tidySchemas } from '../openapi/tidy.ts';
import { createUndescribed } from '../openapi/undescribed.ts';
import { createWire } from '../openapi/wire.ts';
import type { Schema, Side } from '../schema/schema.ts';
import { createShapes, type Shape } from './shapes.ts';

/** What a page says of the values of a schema. */
export interface DescribedSchema {
  shape: Shape;
  /** Its JSON Schema, and the named schemas that references point to. */
  schema: SchemaOrRef;
  schemas: Schemas;
  /** A value that the schema accepts; `undefined` if none was found. */
  example: unknown;
  /** A sentence for each part that cannot be described. */
  gaps: readonly string[];
}

/** The version of OpenAPI whose JSON Schema describes the values. */
const OPENAPI = '3.1.1';

/**
 * Describes the JSON that is sent for the values of a schema, as the OpenAPI document does.
 * @throws {Error} if zod-openapi cannot write its JSON Schema.
 */
export function describeSchema(schema: Schema, side: Side): DescribedSchema {
  const { schema: root, components } = createSchema(createWire(side)(schema), {
    io: side,
    opts: DIALECT,
    openapiVersion: OPENAPI,
  });
  const accepts = createAccepts(components);
  // The value of a schema cannot be replaced, but that of a component can.
  const document = {
    openapi: OPENAPI,
    info: { title: '', version: '' },
    components: { schemas: { ...components, '': root } },
  };
  for (const _ of tidySchemas(document, accepts));
  const exampleOf: (schema: SchemaOrRef) => unknown = createExamples(components, accepts);
  return {
    shape: createShapes(components)(root),
    schema: root,
    schemas: components,
    example: exampleOf(root),
    gaps: createUndescribed(side)(schema).map(({ path, kind }) => {
      return `\`${[side, ...path].join('.')}\` is ${kind}.`;
    }),
  };
}
