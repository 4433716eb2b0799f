import { z } from 'zod/v4';
import { innerOf, type Schema, type Side, unwrap } from '../../schema/schema.ts';

/** Returns the id of a schema, set with `.meta({ id })` on it or on a schema inside its wrappers. */
export function idOf(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  return z.globalRegistry.get(schema)?.id ?? idOf(innerOf(schema));
}

/**
 * Returns the description of a field, set with `.meta({ description })`. The description of a schema with an id belongs
 * to the named type instead.
 */
export function descriptionOf(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  return id === undefined ? (description ?? descriptionOf(innerOf(schema))) : undefined;
}

/** Returns the description of a schema with an id, for its named type. */
export function descriptionOfNamed(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  return id === undefined ? descriptionOfNamed(innerOf(schema)) : description;
}

/** Returns the schemas of an object's fields; none for any other schema. */
export function shapeOf(schema: Schema | undefined, side: Side): Record<string, Schema> {
  const bare = schema && unwrap(schema, side);
  return bare instanceof z.core.$ZodObject ? bare._zod.def.shape : {};
}

/** Returns the schema of the items of a list, or of the values of a record. */
export function itemOf(schema: Schema | undefined, side: Side): Schema | undefined {
  const bare = schema && unwrap(schema, side);
  if (bare instanceof z.core.$ZodArray) return bare._zod.def.element;
  return bare instanceof z.core.$ZodRecord ? bare._zod.def.valueType : undefined;
}

/** Returns the values of an enum or a literal as TypeScript literals, in the order of the schema. */
export function valuesOf(schema: Schema | undefined, side: Side): string[] {
  const bare = schema && unwrap(schema, side);
  if (bare instanceof z.core.$ZodEnum) return z.core.util.getEnumValues(bare._zod.def.entries).map(literal);
  return bare instanceof z.core.$ZodLiteral ? bare._zod.def.values.map(literal) : [];
}

function literal(value: z.core.util.Literal): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
}

/** Returns a JSDoc comment, which editors show; `''` without a text. */
export function comment(text: string | undefined): string {
  if (text === undefined) return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  return lines.length === 1
    ? `/** ${lines.join('')} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`;
}
