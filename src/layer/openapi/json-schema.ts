import type { oas31 } from 'zod-openapi';

export type SchemaOrRef = oas31.SchemaObject | oas31.ReferenceObject;
/** A schema with the keyword that the types lack (`patternProperties`), and values of type `unknown`. */
export type JsonSchema = Omit<oas31.SchemaObject, 'const' | 'default' | 'enum' | 'example' | 'examples'> & {
  const?: unknown;
  default?: unknown;
  enum?: unknown[];
  example?: unknown;
  examples?: unknown;
  patternProperties?: Schemas;
};
/** The schemas of a document by their names. */
export type Schemas = Record<string, SchemaOrRef>;

export const isReference = (schema: SchemaOrRef): schema is oas31.ReferenceObject =>
  typeof schema === 'object' && schema.$ref !== undefined;

/** Returns the name of the component that a reference points to. */
export const nameOf = ($ref: string): string => $ref.replace('#/components/schemas/', '');
