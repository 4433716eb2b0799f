import { z } from 'zod';

type Schema = z.core.$ZodType;

/** The built-in checks of zod. Any other check is a function of the application, which may return a promise. */
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
 * Compiles the parser of a schema. If the schema calls no function of the application, it parses without promises,
 * which is several times as fast in zod. This is decided before the first parse, because a function that returns a
 * promise must run only once, and its promise must not be dropped.
 * @returns a function that returns the parsed value or a promise of it, and throws a ZodError.
 */
export function compileParse(schema: Schema): (value: unknown) => unknown {
  let isSync: boolean | undefined;
  return (value) => {
    isSync ??= !callsApplication(schema, new Set());
    if (!isSync) return z.parseAsync(schema, value);
    const { success, data, error } = z.safeParse(schema, value);
    if (success) return data;
    throw error;
  };
}

/** True if a check is a function of the application, or contains a schema with one. */
export function isApplicationCheck({ _zod: { def } }: z.core.$ZodCheck): boolean {
  return !OWN_CHECKS.has(def.check);
}

/** True if a schema calls functions of the application, which may return a promise. */
function callsApplication(schema: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (schema._zod.def.checks?.some(isApplicationCheck)) return true;
  const parts = partsOf(schema);
  return parts === null || parts.some((part) => callsApplication(part, seen));
}

/**
 * Returns the schemas that a schema parses with; `null` if it also calls, or may call, functions of the application.
 */
function partsOf(schema: Schema): readonly Schema[] | null {
  // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default.
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
      // A codec has a function in addition to its two schemas.
      return def.transform ? null : [def.in, def.out];
    case 'lazy':
      return [def.getter()];
    default:
      return null;
  }
}
