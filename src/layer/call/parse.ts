import { z } from 'zod';

type Schema = z.core.$ZodType;

/** Checks of zod itself. Any other is a function of the application, which may return a promise. */
const OWN_CHECKS: ReadonlySet<string> = new Set<z.core.$ZodChecks['_zod']['def']['check']>([
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
 * Compiles how a value is parsed by a schema: without promises, which zod does several times as fast, if no function of
 * the application is asked. A function that may return a promise has to be known before it is called: it must run once, and its
 * promise must not be dropped.
 * @returns a function that returns the parsed value or a promise of it, and throws a ZodError.
 */
export function compileParse(schema: Schema): (value: unknown) => unknown {
  let isSync: boolean | undefined;
  return (value) => {
    isSync ??= !asksApplication(schema, new Set());
    if (!isSync) return z.parseAsync(schema, value);
    const { success, data, error } = z.safeParse(schema, value);
    if (success) return data;
    throw error;
  };
}

/** True if a check is a function of the application, or has a schema with one. */
export function isApplicationCheck({ _zod: { def } }: z.core.$ZodCheck): boolean {
  return !OWN_CHECKS.has(def.check);
}

/** True if a schema asks functions of the application that may return a promise. */
function asksApplication(schema: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (schema._zod.def.checks?.some(isApplicationCheck)) return true;
  const parts = partsOf(schema);
  return parts === null || parts.some((part) => asksApplication(part, seen));
}

/** The schemas that a schema parses with; `null` if it is, or may be, more than schemas. */
function partsOf(schema: Schema): readonly Schema[] | null {
  // The way zod documents: a schema of an application's own kind has a type that is not listed, and ends in the default.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'symbol':
    case 'null':
    case 'undefined':
    case 'void':
    case 'never':
    case 'any':
    case 'unknown':
    case 'date':
    case 'enum':
    case 'literal':
    case 'nan':
    case 'file':
    case 'template_literal':
      return [];
    case 'object':
      return def.catchall ? [...Object.values(def.shape), def.catchall] : Object.values(def.shape);
    case 'record':
    case 'map':
      return [def.keyType, def.valueType];
    case 'array':
      return [def.element];
    case 'tuple':
      return def.rest ? [...def.items, def.rest] : def.items;
    case 'set':
      return [def.valueType];
    case 'union':
      return def.options;
    case 'intersection':
      return [def.left, def.right];
    case 'nullable':
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'success':
      return [def.innerType];
    case 'pipe':
      // A codec has a function beside its two schemas.
      return def.transform ? null : [def.in, def.out];
    case 'lazy':
      return [def.getter()];
    default:
      return null;
  }
}
