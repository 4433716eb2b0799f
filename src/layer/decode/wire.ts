import type { AnyTRPCProcedure } from '@trpc/server';
import { tooMany } from '../http/json.ts';
import { compilePlace } from './compile.ts';
import { checkEqualities } from './equalities.ts';
import { applyAnnotations } from './notes.ts';
import { isContainer } from './path.ts';
import { sizeOf } from './size.ts';

/**
 * Reads an input in superjson's form, `{ json, meta }`, which is changed.
 * @param sent how many values the JSON holds that it came in, its annotations included; where these are few enough, the
 *   values of the input need not be counted.
 * @throws {AppError} BAD_REQUEST for too many values, INVALID_INPUT for annotations that the schema cannot use.
 */
export type ReadWire = (payload: object, sent?: number) => unknown;

/** Compiles how the input of a procedure is read. */
export const readerOf = (procedure: AnyTRPCProcedure): ReadWire =>
  compileReadWire(procedure._def.inputs, sizeOf(procedure).maxValues);

/**
 * Compiles what `superjson.deserialize` does for an input that all of some schemas accept. The result is the same, and
 * time and memory grow with the bytes that were sent only. It never runs superjson, which obeys whatever a caller
 * annotates (docs/decisions/0014-a-reader-compiled-from-the-schema.md).
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

/** True for the form in which clients send `undefined`, which the schema takes or rejects as it is. */
export function isUndefined(payload: object): boolean {
  if (!isContainer(payload) || payload['json'] !== null || !isContainer(payload['meta'])) return false;
  const { values } = payload['meta'];
  return Array.isArray(values) && values.length === 1 && values[0] === 'undefined';
}

/** The number of values in JSON. */
function countValues(json: unknown): number {
  if (!isContainer(json)) return 1;
  let count = 1;
  for (const value of Array.isArray(json) ? (json as unknown[]) : Object.values(json))
    count += countValues(value);
  return count;
}
