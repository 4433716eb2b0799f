import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCCombinedDataTransformer } from '@trpc/server';
import { z } from 'zod';
import { outputOf } from '../call/compile.ts';
import { sizeOf } from '../decode/size.ts';
import { isUndefined, readerOf } from '../decode/wire.ts';
import { compileSuperjson, toSuperjson } from '../encode/superjson.ts';
import { tooMany } from '../http/json.ts';

/**
 * Reads an input from the JSON that it came in.
 * @param sent how many values the JSON of the request holds.
 * @throws {ApiError} BAD_REQUEST, INVALID_INPUT
 */
export type ReadInput = (json: unknown, sent: number) => unknown;

/** How inputs and outputs become JSON: by the transformer of a router. */
export interface Wire {
  /**
   * Looks at an input before any input of its batch is read.
   * @returns what the readers get. @throws for one that cannot be an input; then none of the batch is read, as with tRPC.
   */
  accept: (json: unknown) => unknown;
  /** Compiles how the input of a procedure is read. */
  readerOf: (procedure: AnyTRPCProcedure) => ReadInput;
  /** Compiles how the output of a procedure is written: as JSON, or undefined for a value that JSON does not have. */
  writerOf: (procedure: AnyTRPCProcedure) => (output: unknown) => string | undefined;
  /** Writes the shape of an error. */
  writeError: (shape: unknown) => string;
  /** True if an input is `undefined`, or none was sent. */
  isAbsent: (json: unknown) => boolean;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** superjson, whose texts are read and written by compiled code. */
const SUPERJSON: Wire = {
  accept(json) {
    // superjson takes any object for its own, and looks for `json` and `meta` in it.
    if (json === null) throw new TypeError('The input is null.');
    return json;
  },
  readerOf(procedure) {
    const read = readerOf(procedure);
    return (json, sent) => (isObject(json) ? read(json, sent) : undefined);
  },
  writerOf(procedure) {
    const output = outputOf(procedure);
    return output instanceof z.core.$ZodType ? compileSuperjson(output) : toSuperjson;
  },
  writeError: toSuperjson,
  isAbsent: (json) => json === undefined || (isObject(json) && isUndefined(json)),
};

/** No transformer: the text is that of `JSON.stringify`, as tRPC's adapters write it. */
const PLAIN: Wire = {
  accept: (json) => json,
  readerOf(procedure) {
    const { maxValues } = sizeOf(procedure);
    return (json, sent) => {
      if (sent > maxValues && countValues(json) > maxValues) throw tooMany(maxValues);
      return json;
    };
  },
  writerOf: () => (output) => JSON.stringify(output),
  writeError: (shape) => JSON.stringify(shape),
  isAbsent: (json) => json === undefined,
};

/** Returns the number of values in JSON. */
function countValues(json: unknown): number {
  if (!isObject(json)) return 1;
  return Object.values(json).reduce<number>((count, value) => count + countValues(value), 1);
}

/** True for superjson, also for another copy of it; not if it has been taught classes, symbols or other types. */
function isSuperjson(transformer: unknown): boolean {
  const has = (name: string) => typeof fieldOf(transformer, name) === 'function';
  return ['serialize', 'deserialize', 'registerClass', 'registerSymbol', 'registerCustom'].every(has);
}

/** True if a superjson has been taught more than it knows by itself: its text then means what only it knows. */
function isTaught(transformer: object): boolean {
  const instance = fieldOf(transformer, 'defaultInstance') ?? transformer;
  const isFilled = (name: string) => {
    const values: unknown = fieldOf(fieldOf(fieldOf(instance, name), 'kv'), 'keyToValue');
    return values instanceof Map && values.size > 0;
  };
  const customs = fieldOf(fieldOf(instance, 'customTransformerRegistry'), 'transfomers');
  return (
    isFilled('classRegistry') ||
    isFilled('symbolRegistry') ||
    (isObject(customs) && Object.keys(customs).length > 0) ||
    fieldOf(instance, 'dedupe') === true
  );
}

/** Returns a field of an object or a function, such as the class that superjson exports. */
const fieldOf = (value: unknown, name: string): unknown =>
  isObject(value) || typeof value === 'function' ? Reflect.get(value, name) : undefined;

/** A value with which every transformer would do something. */
const PROBE = { at: new Date(0), tags: new Map(), list: [undefined], big: 1n };

/** True for what tRPC uses if a router has no transformer: it changes nothing. */
function isIdentity(transformer: unknown): boolean {
  const [serialize, deserialize] = [fieldOf(transformer, 'serialize'), fieldOf(transformer, 'deserialize')];
  if (typeof serialize !== 'function' || typeof deserialize !== 'function') return false;
  try {
    return Reflect.apply(serialize, transformer, [PROBE]) === PROBE;
  } catch {
    return false;
  }
}

/** Returns any other transformer as it is. The values of a whole request are counted before it gets them. */
function foreignWire({ input, output }: TRPCCombinedDataTransformer): Wire {
  const write = (value: unknown) => JSON.stringify(output.serialize(value)) as string | undefined;
  return {
    accept: (json): unknown => input.deserialize(json),
    readerOf: () => (value) => value,
    writerOf: () => write,
    writeError: (shape) => write(shape) ?? 'null',
    isAbsent: PLAIN.isAbsent,
  };
}

/** Returns how a router's inputs and outputs become JSON. */
export function wireOf(router: AnyTRPCRouter): Wire {
  const { transformer } = router._def._config;
  const { input, output } = transformer;
  if (isIdentity(input) && isIdentity(output)) return PLAIN;
  const isKnown = isSuperjson(input) && isSuperjson(output) && !isTaught(input) && !isTaught(output);
  return isKnown ? SUPERJSON : foreignWire(transformer);
}
