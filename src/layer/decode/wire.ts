import type { AnyTRPCProcedure } from '@trpc/server';
import { tooMany } from '../http/json.ts';
import { compilePlace } from './compile.ts';
import { checkEqualities } from './equalities.ts';
import { applyAnnotations } from './notes.ts';
import { isContainer } from './path.ts';
import { sizeOf } from './size.ts';

/**
 * Reads an input in superjson's form, `{ json, meta }`, and changes it in place.
 * @param sent the number of values in the JSON that the payload was parsed from, its annotations included. If it is
 *   within the limit, the values of the input are not counted.
 * @returns the input as it was before the client serialized it; the schema has not checked it yet.
 * @throws {ApiError} BAD_REQUEST for too many values, INVALID_INPUT for annotations that the schema cannot use.
 */
export type ReadWire = (payload: object, sent?: number) => unknown;

/** Compiles the reader of a procedure's input, from its schemas and its size limit. */
export const readerOf = (procedure: AnyTRPCProcedure): ReadWire =>
  compileReadWire(procedure._def.inputs, sizeOf(procedure).maxValues);

/**
 * Compiles `superjson.deserialize` for the inputs that all of `inputs` accept. The result is the same, and time and
 * memory grow only with the bytes that were sent. The reader never runs superjson, which applies any annotation that a
 * caller sends (docs/decisions/0014-a-reader-compiled-from-the-schema.md).
 * @param inputs the validators of a procedure; one that is not of zod allows any annotation.
 * @param maxValues the maximum number of values in the JSON of an input.
 */
export function compileReadWire(inputs: readonly unknown[], maxValues: number): ReadWire {
  const place = compilePlace(inputs);
  return (payload, sent = Infinity) => {
    if (!isContainer(payload)) return undefined;
    const { json, meta } = payload;
    if (sent > maxValues && countValues(json) > maxValues) throw tooMany(maxValues);
    if (!isContainer(meta)) return json;
    const { values, referentialEqualities: equalities, v = 0 } = meta;
    const isLegacy = Number(v) < 1;
    if (equalities) checkEqualities(json, equalities, isLegacy);
    if (!values) return json;
    return isUndefined(payload) ? undefined : applyAnnotations(json, values, place(), isLegacy);
  };
}

/** True for the form in which clients send `undefined`, which the schema itself accepts or rejects. */
export function isUndefined(payload: object): boolean {
  if (!isContainer(payload) || payload['json'] !== null || !isContainer(payload['meta'])) return false;
  const { values } = payload['meta'];
  return Array.isArray(values) && values.length === 1 && values[0] === 'undefined';
}

/** Returns the number of values in JSON, containers included. */
export function countValues(json: unknown): number {
  if (!isContainer(json)) return 1;
  let count = 1;
  for (const value of Array.isArray(json) ? (json as unknown[]) : Object.values(json))
    count += countValues(value);
  return count;
}
