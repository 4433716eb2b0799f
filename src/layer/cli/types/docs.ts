import { z } from 'zod';
import { innerOf, type Schema, type Side, unwrap } from '../../schema/schema.ts';

/** What a schema says of itself with `.meta({ id })`, its wrappers seen through. */
export function idOf(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  return z.globalRegistry.get(schema)?.id ?? idOf(innerOf(schema));
}

/** What `.meta({ description })` says of a field. That of a schema with an id belongs to the type of this name. */
export function descriptionOf(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  return id === undefined ? (description ?? descriptionOf(innerOf(schema))) : undefined;
}

/** What stands in `.meta({ description })` beside the id. */
export function descriptionOfNamed(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  return id === undefined ? descriptionOfNamed(innerOf(schema)) : description;
}

/** The schemas of an object's fields. */
export function shapeOf(schema: Schema | undefined, side: Side): Record<string, Schema> {
  const bare = schema && unwrap(schema, side);
  return bare instanceof z.core.$ZodObject ? bare._zod.def.shape : {};
}

/** The schema of what a list or a record holds. */
export function itemOf(schema: Schema | undefined, side: Side): Schema | undefined {
  const bare = schema && unwrap(schema, side);
  if (bare instanceof z.core.$ZodArray) return bare._zod.def.element;
  return bare instanceof z.core.$ZodRecord ? bare._zod.def.valueType : undefined;
}

/** The values of an enumeration in the order they were written in, as literals of TypeScript. */
export function valuesOf(schema: Schema | undefined, side: Side): string[] {
  const bare = schema && unwrap(schema, side);
  if (bare instanceof z.core.$ZodEnum) return z.core.util.getEnumValues(bare._zod.def.entries).map(literal);
  return bare instanceof z.core.$ZodLiteral ? bare._zod.def.values.map(literal) : [];
}

function literal(value: z.core.util.Literal): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
}

/** A comment for editors to show; nothing without a text. */
export function comment(text: string | undefined): string {
  if (text === undefined) return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  return lines.length === 1
    ? `/** ${lines.join('')} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`;
}
