import * as core from 'zod/v4/core';
import { partsOf, someSchema } from '../schema/parts.ts';

type Schema = core.$ZodType;

/** The built-in checks of zod. Any other check is a function of the application, which may return a promise. */
const OWN_CHECKS: ReadonlySet<string> = new Set<core.$ZodChecks['_zod']['def']['check']>([
  'less_than',
  'greater_than',
  'multiple_of',
  'number_format',
  'bigint_format',
  'max_size',
  'min_size',
  'size_equals',
  'max_length',
  'min_length',
  'length_equals',
  'string_format',
  'mime_type',
  'overwrite',
]);

/**
 * Compiles the parser of a schema. If the schema calls no function of the application, it parses without promises,
 * which is several times as fast in zod. This is decided before the first parse, because a function that returns a
 * promise must run only once, and its promise must not be dropped.
 * @returns a function that returns the parsed value or a promise of it, and throws the ZodError of the schema's own zod.
 */
export function compileParse(schema: Schema): (value: unknown) => unknown {
  const parser = hasMethods(schema) ? schema : methodsOf(schema);
  let isSync: boolean | undefined;
  return (value) => {
    isSync ??= !someSchema(schema, callsFunction);
    if (!isSync) return parser.parseAsync(value);
    const { success, data, error } = parser.safeParse(value);
    if (success) return data;
    throw error;
  };
}

/** The methods by which zod and zod/mini parse. Their errors have the class that the application knows. */
interface Methods {
  parseAsync: (value: unknown) => Promise<unknown>;
  safeParse: (value: unknown) => { success: boolean; data?: unknown; error?: unknown };
}

/** True if a schema parses itself, as those of zod and zod/mini do. */
export const hasMethods = (schema: Schema): schema is Schema & Methods =>
  typeof Reflect.get(schema, 'parseAsync') === 'function' &&
  typeof Reflect.get(schema, 'safeParse') === 'function';

/** The methods for a schema of zod's core, which has none. */
const methodsOf = (schema: Schema): Methods => ({
  parseAsync: (value) => core.parseAsync(schema, value),
  safeParse: (value) => core.safeParse(schema, value),
});

/** True if a check is a function of the application, or contains a schema with one. */
export function isApplicationCheck({ _zod: { def } }: core.$ZodCheck): boolean {
  return !OWN_CHECKS.has(def.check);
}

/** True if a schema itself calls functions of the application, which may return a promise. */
const callsFunction = (schema: Schema): boolean =>
  partsOf(schema).callsFunction || (schema._zod.def.checks ?? []).some(isApplicationCheck);
