import * as core from 'zod/v4/core';
import { innerOf, type Schema } from './schema.ts';

/**
 * True if a schema certainly accepts `{}`, judged by its fields. False for a preprocess, which may change it in any
 * way.
 */
export function takesEmpty(schema: Schema): boolean {
  if (schema instanceof core.$ZodObject) {
    return Object.values(schema._zod.def.shape).every((field) => field._zod.optin !== undefined);
  }
  if (schema instanceof core.$ZodRecord) return schema._zod.def.keyType._zod.values === undefined;
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options.some(takesEmpty);
  if (schema instanceof core.$ZodIntersection) {
    return takesEmpty(schema._zod.def.left) && takesEmpty(schema._zod.def.right);
  }
  const inner = innerOf(schema);
  return inner !== undefined && takesEmpty(inner);
}

/** True if a schema certainly rejects `undefined`, so that an absent input must become an empty object. */
export function rejectsUndefined(schema: Schema): boolean {
  if (schema._zod.optin !== undefined) return false;
  if (schema instanceof core.$ZodObject || schema instanceof core.$ZodRecord) return true;
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options.every(rejectsUndefined);
  if (schema instanceof core.$ZodIntersection) {
    return rejectsUndefined(schema._zod.def.left) || rejectsUndefined(schema._zod.def.right);
  }
  const inner = innerOf(schema);
  return inner !== undefined && rejectsUndefined(inner);
}
