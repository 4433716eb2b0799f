import type { AnyTRPCProcedure } from '@trpc/server';
import * as core from 'zod/v4/core';
import { rejectsUndefined, takesEmpty } from '../schema/absent.ts';
import { fieldsOf, type Schema, unwrap } from '../schema/schema.ts';
import { isObject } from './inputs.ts';

/**
 * Changes an input before the schemas of a procedure receive it.
 * @param isAbsent true if nothing was sent, or `undefined`.
 */
export type AdaptInput = (input: unknown, isAbsent: boolean) => unknown;

/** The values of the field `direction` that tRPC's hooks for infinite queries add to the input. */
const DIRECTIONS = new Set<unknown>(['forward', 'backward']);

/**
 * Compiles two adaptations to tRPC's clients. A call without an argument, such as `things.count.query()`, gets the
 * input `{}` if the schema accepts that and rejects `undefined`. The field `direction`, which the hooks for infinite
 * queries add, is removed if the schema is strict and does not have that field.
 */
export function compileAdapt({ _def: { inputs, type } }: AnyTRPCProcedure): AdaptInput {
  const schemas = [...inputs].filter((input) => input instanceof core.$ZodType);
  if (schemas.length === 0 || schemas.length < inputs.length) return (input) => input;
  const needsEmpty = schemas.every(takesEmpty) && schemas.some(rejectsUndefined);
  const dropsDirection =
    type === 'query' &&
    schemas.some(isStrict) &&
    schemas.every((schema) => fieldsOf(schema, 'input')?.has('direction') === false);
  return (input, isAbsent) => {
    if (input === undefined) return needsEmpty && isAbsent ? {} : undefined;
    if (!dropsDirection || !isObject(input) || !DIRECTIONS.has(Reflect.get(input, 'direction'))) {
      return input;
    }
    return Object.fromEntries(Object.entries(input).filter(([name]) => name !== 'direction'));
  };
}

/** True if a schema rejects fields that it does not know. */
function isStrict(schema: Schema): boolean {
  const bare = unwrap(schema, 'input');
  if (bare instanceof core.$ZodObject) return bare._zod.def.catchall instanceof core.$ZodNever;
  if (bare instanceof core.$ZodUnion) return bare._zod.def.options.every(isStrict);
  return (
    bare instanceof core.$ZodIntersection && isStrict(bare._zod.def.left) && isStrict(bare._zod.def.right)
  );
}
