import { parseArgs } from 'node:util';
import { z } from 'zod';

/** An error in the options of a suite, with a sentence for the terminal. */
export class OptionError extends Error {}

/** A whole number. */
export const wholeNumber = (min: number, max = Infinity) =>
  z
    .string()
    .pipe(z.coerce.number<string>().int().min(min).max(max))
    .describe(
      max === Infinity ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
    );

/** One of some names. */
export const oneOf = <const T extends string>(names: readonly T[]) =>
  z.enum(names).describe(`one of ${names.join(', ')}`);

/** Several values, separated by commas. */
const listOf = <T extends z.core.$ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item));

/** Several names, separated by commas. Default: all. */
export const namesOf = <const T extends string>(names: readonly T[]) =>
  listOf(z.enum(names))
    .describe(`one or more of ${names.join(', ')}, separated by commas`)
    .default([...names]);

/** Several whole numbers, separated by commas. */
export const wholeNumbers = (min: number, max: number) =>
  listOf(wholeNumber(min, max)).describe(`whole numbers from ${min} to ${max}, separated by commas`);

/**
 * Reads the options of a suite, such as `--rounds 5`. An option of type boolean has no value.
 * @param schema the options by name, each with a description of its values.
 * @returns the options, and the names of those that were given.
 * @throws {OptionError} for an unknown option, and a value that is not allowed.
 */
export function readOptions<Shape extends Readonly<Record<string, z.core.$ZodType>>>(
  schema: z.ZodObject<Shape>,
  args: string[],
): { options: z.output<z.ZodObject<Shape>>; given: ReadonlySet<string> } {
  const fields = new Map(Object.entries(schema.shape).map(([name, field]) => [name, innerOf(field)]));
  const types = [...fields].map(([name, field]) => {
    const type = field instanceof z.ZodBoolean ? ('boolean' as const) : ('string' as const);
    return [name, { type }] as const;
  });
  const options = Object.fromEntries(types);
  const { values, tokens } = parseArgs({ args, options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option' && fields.has(token.name)) continue;
    const text = token.kind === 'option' ? token.rawName : token.kind === 'positional' ? token.value : '--';
    const all = [...fields.keys()].map((name) => `--${name}`);
    throw new OptionError(`${text} is not an option of this suite, which has ${all.join(', ')}.`);
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return { options: parsed.data, given: new Set(Object.keys(values)) };
  const name = String(parsed.error.issues[0]?.path[0]);
  const field = fields.get(name);
  const allowed = field && z.globalRegistry.get(field)?.description;
  if (allowed === undefined) throw new OptionError(`--${name} takes no value.`);
  const sent = values[name] === true ? 'but has no value' : `not "${String(values[name])}"`;
  throw new OptionError(`--${name} must be ${allowed}, ${sent}.`);
}

/** Returns the schema of the values of an option that can be left out. */
const innerOf = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.def.innerType : schema;
