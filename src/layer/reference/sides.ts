import { outputOf } from '../call/compile.ts';
import { inputOf } from '../rest/endpoint.ts';
import { schemaOf, undescribedVendor } from '../schema/foreign.ts';
import { holdsFiles, isNothing, type Schema, type Side, unwrap } from '../schema/schema.ts';
import { streamSchemasOf } from '../stream/iterable.ts';
import { type DescribedSchema, describeSchema } from './schemas.ts';
import type { ExampleInput } from './snippets.ts';
import type { Subject } from './subjects.ts';
import { typedValuesOf } from './typed-values.ts';

/** One side of a procedure: its schema as it is described, or why it is not. */
export type DescribedSide = DescribedSchema | { gap: string } | null;

/** Describes a side of a procedure. @returns `null` if the procedure takes or returns nothing. */
export function sideOf(subject: Subject, side: Side): DescribedSide {
  const { procedure, endpoint } = subject;
  const parser = outputOf(procedure);
  const parsers: readonly unknown[] = side === 'input' ? procedure._def.inputs : [parser];
  if (side === 'output' && parser === undefined) {
    return { gap: 'The procedure declares no output, so it cannot be described.' };
  }
  for (const one of parsers) {
    const vendor = undescribedVendor(one, side);
    if (vendor !== undefined) {
      return { gap: `The ${side} cannot be described: its schema of ${vendor} has no JSON Schema.` };
    }
  }
  try {
    const schema = side === 'input' ? inputOf(procedure._def.inputs, endpoint?.params) : sent(parser);
    return schema === null || isNothing(unwrap(schema, side)) ? null : describeSchema(schema, side);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { gap: `The ${side} cannot be described: ${reason}` };
  }
}

/** Returns the schema of what a procedure sends: of each item of a stream, otherwise of the whole output. */
function sent(parser: unknown): Schema {
  const output = schemaOf(parser, 'output');
  const stream = streamSchemasOf(output);
  return stream?.whole ?? stream?.item ?? output;
}

/**
 * Returns the input of the calls. It lacks files, which JSON cannot carry, what headers carry, and the cursor of a page,
 * unless they are required.
 */
export function exampleInputOf(
  { procedure, endpoint }: Subject,
  input: DescribedSchema | null,
): ExampleInput {
  if (input === null) return { example: undefined, typed: [], takesFiles: false, files: [] };
  const { example, shape } = input;
  const carried = new Set(endpoint?.headers.values());
  const files = shape.fields.filter(({ type }) => /\bfile\b/.test(type)).map(({ field }) => field);
  const left = shape.fields
    .filter(({ field, isRequired }) => !isRequired && (carried.has(field) || field === 'cursor'))
    .map(({ field }) => field);
  const omitted = new Set([...files, ...left]);
  const schema = inputOf(procedure._def.inputs, endpoint?.params);
  const typed = schema ? typedValuesOf(schema) : [];
  const takesFiles = schema !== null && holdsFiles(schema);
  const rest = { typed, takesFiles, files };
  if (typeof example !== 'object' || example === null) return { example, ...rest };
  const kept = Object.entries(example).filter(([name]) => !omitted.has(name));
  return { example: Object.fromEntries(kept), ...rest };
}
