import type { AnyTRPCProcedure } from '@trpc/server';
import { z } from 'zod';
import { fieldsOf, innerOf, type Schema, unwrap } from '../schema/schema.ts';
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
  const schemas = [...inputs].filter((input) => input instanceof z.core.$ZodType);
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

/**
 * True if a schema certainly accepts `{}`, judged by its fields. False for a preprocess, which may change it in any
 * way.
 */
function takesEmpty(schema: Schema): boolean {
  if (schema instanceof z.core.$ZodObject) {
    return Object.values(schema._zod.def.shape).every((field) => field._zod.optin !== undefined);
  }
  if (schema instanceof z.core.$ZodRecord) return schema._zod.def.keyType._zod.values === undefined;
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.some(takesEmpty);
  if (schema instanceof z.core.$ZodIntersection) {
    return takesEmpty(schema._zod.def.left) && takesEmpty(schema._zod.def.right);
  }
  const inner = innerOf(schema);
  return inner !== undefined && takesEmpty(inner);
}

/** True if a schema certainly rejects `undefined`. */
function rejectsUndefined(schema: Schema): boolean {
  if (schema._zod.optin !== undefined) return false;
  if (schema instanceof z.core.$ZodObject || schema instanceof z.core.$ZodRecord) return true;
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.every(rejectsUndefined);
  if (schema instanceof z.core.$ZodIntersection) {
    return rejectsUndefined(schema._zod.def.left) || rejectsUndefined(schema._zod.def.right);
  }
  const inner = innerOf(schema);
  return inner !== undefined && rejectsUndefined(inner);
}

/** True if a schema rejects fields that it does not know. */
function isStrict(schema: Schema): boolean {
  const bare = unwrap(schema, 'input');
  if (bare instanceof z.core.$ZodObject) return bare._zod.def.catchall instanceof z.core.$ZodNever;
  if (bare instanceof z.core.$ZodUnion) return bare._zod.def.options.every(isStrict);
  return (
    bare instanceof z.core.$ZodIntersection && isStrict(bare._zod.def.left) && isStrict(bare._zod.def.right)
  );
}
