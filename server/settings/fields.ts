import { z } from 'zod';

/** Treats an empty variable as missing, so that `.env.example` can be copied unchanged. */
export const optional = <T extends z.core.$ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), z.optional(schema));

/** A setting with a default, which an empty variable also has. */
export const withDefault = <T extends z.core.$ZodType<string | number | boolean | readonly string[]>>(
  schema: T,
  fallback: z.output<T>,
) => z.preprocess((value) => (value === '' || value === undefined ? fallback : value), schema);

const FLAGS = { true: true, 1: true, false: false, 0: false };

/** `true` or `false`, or `1` or `0`. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((value) => FLAGS[value]),
]);
/** A whole number of a range, which includes its ends. */
export const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
