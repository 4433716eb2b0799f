import type { AnyTRPCProcedure } from '@trpc/server';
import { tooMany } from '#server/json';
import { compilePlace } from './compile.ts';
import { checkEqualities } from './equalities.ts';
import { applyAnnotations } from './notes.ts';
import { sizeOf } from './size.ts';

/**
 * Reads an input in superjson's form, `{ json, meta }`, which is changed.
 * @throws {AppError} BAD_REQUEST for too many values, INVALID_INPUT for annotations that the schema cannot use.
 */
export type ReadWire = (payload: object) => unknown;

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
  return (payload) => {
    const json = fieldOf(payload, 'json');
    if (typeof json === 'object' && json !== null && countValues(json) > maxValues) throw tooMany(maxValues);
    const meta = fieldOf(payload, 'meta');
    if (typeof meta !== 'object' || meta === null) return json;
    const isLegacy = Number(fieldOf(meta, 'v') ?? 0) < 1;
    const equalities = fieldOf(meta, 'referentialEqualities');
    if (equalities) checkEqualities(json, equalities, isLegacy);
    const values = fieldOf(meta, 'values');
    return values ? applyAnnotations(json, values, place, isLegacy) : json;
  };
}

const fieldOf = (from: object, name: string): unknown => Reflect.get(from, name);

/** The number of values in JSON. */
function countValues(json: object): number {
  const values: unknown[] = Object.values(json);
  let count = 1 + values.length;
  for (const value of values)
    if (typeof value === 'object' && value !== null) count += countValues(value) - 1;
  return count;
}
