import * as core from 'zod/v4/core';

type Schema = core.$ZodType;
type Annotations = NonNullable<ReturnType<typeof core.globalRegistry.get>>;

/*
 * Builders of schemas from zod's core, which zod, zod/mini and zod 3.25 share. The layer uses no other part of zod, so
 * it loads none of a variant that the application does not use.
 */

/** Creates a schema of objects. @param catchall the schema of other fields; without it, they are ignored. */
export const objectOf = (shape: Readonly<Record<string, Schema>>, catchall?: Schema): core.$ZodObject =>
  new core.$ZodObject({ type: 'object', shape, ...(catchall && { catchall }) });

export const arrayOf = (element: Schema, checks: core.$ZodCheck[] = []): core.$ZodArray =>
  new core.$ZodArray({ type: 'array', element, checks });

/** Creates a schema of objects with any of some keys, each with the same kind of value. */
export const partialRecordOf = (keyType: core.$ZodRecordKey, valueType: Schema): core.$ZodRecord =>
  new core.$ZodRecord({ type: 'record', keyType, valueType, partial: true });

export const unionOf = (options: readonly Schema[]): core.$ZodUnion =>
  new core.$ZodUnion({ type: 'union', options });

export const intersectionOf = (left: Schema, right: Schema): core.$ZodIntersection =>
  new core.$ZodIntersection({ type: 'intersection', left, right });

export const optionalOf = (innerType: Schema): core.$ZodOptional =>
  new core.$ZodOptional({ type: 'optional', innerType });

export const lazyOf = (getter: () => Schema): core.$ZodLazy => new core.$ZodLazy({ type: 'lazy', getter });

export const literalOf = (...values: core.util.Literal[]): core.$ZodLiteral =>
  new core.$ZodLiteral({ type: 'literal', values });

export const enumOf = (values: readonly string[]): core.$ZodEnum =>
  new core.$ZodEnum({ type: 'enum', entries: Object.fromEntries(values.map((value) => [value, value])) });

export const stringOf = (checks: core.$ZodCheck<string>[] = []): core.$ZodString =>
  new core.$ZodString({ type: 'string', checks });

export const booleanOf = (): core.$ZodBoolean => new core.$ZodBoolean({ type: 'boolean' });
export const numberOf = (): core.$ZodNumber => new core.$ZodNumber({ type: 'number', checks: [] });

/** Creates a schema of integers in a range. */
export const integerOf = (minimum: number, maximum: number): core.$ZodNumberFormat =>
  new core.$ZodNumberFormat({
    type: 'number',
    check: 'number_format',
    format: 'safeint',
    abort: false,
    checks: [core._gte(minimum), core._lte(maximum)],
  });

export const nullOf = (): core.$ZodNull => new core.$ZodNull({ type: 'null' });
export const unknownOf = (): core.$ZodUnknown => new core.$ZodUnknown({ type: 'unknown' });
export const neverOf = (): core.$ZodNever => new core.$ZodNever({ type: 'never' });

/** Adds a meta to a schema. The schema must not be used elsewhere yet. */
export function annotated<S extends Schema>(schema: S, meta: Annotations | undefined): S {
  if (!meta || Object.keys(meta).length === 0) return schema;
  // Zod before 4.1 throws an error for the id of another schema. Later versions give the id to the last one, as here.
  if (meta.id !== undefined) core.globalRegistry._idmap.delete(meta.id);
  core.globalRegistry.add(schema, meta);
  return schema;
}
