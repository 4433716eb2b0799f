import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCCombinedDataTransformer } from '@trpc/server';
import * as core from 'zod/v4/core';
import { outputOf } from '../call/compile.ts';
import { checkAnnotations, expandedSize } from '../decode/customized.ts';
import { sizeOf } from '../decode/size.ts';
import { countValues, isUndefined, readerOf } from '../decode/wire.ts';
import { compileSuperjson, compileSuperjsonLine, superjsonWriter } from '../encode/superjson.ts';
import { tooMany } from '../http/json.ts';
import { oncePer } from '../once.ts';

/**
 * Reads an input from JSON.
 * @param sent the number of values in the JSON of the request.
 * @throws {ApiError} BAD_REQUEST for too many values, INVALID_INPUT for an input that is not in the transformer's form.
 */
export type ReadInput = (json: unknown, sent: number) => unknown;

/** Converts inputs and outputs from and to JSON, as the transformer of a router does. */
export interface Wire {
  /** The form of the JSON: that of `JSON.stringify`, of superjson, or of another transformer. */
  format: 'json' | 'superjson' | 'other';
  /**
   * Checks an input before any input of its batch is read.
   * @returns the JSON that the readers get.
   * @throws for a value that cannot be an input. Then no input of the batch is read, as with tRPC.
   */
  accept: (json: unknown) => unknown;
  /** Compiles the reader of a procedure's input. */
  readerOf: (procedure: AnyTRPCProcedure) => ReadInput;
  /** Compiles the writer of a procedure's output. It returns JSON, or `undefined` for a value that JSON lacks. */
  writerOf: (procedure: AnyTRPCProcedure) => (output: unknown) => string | undefined;
  /** Compiles the writer of the line of a streamed batch with an output of a procedure, `[id,0,[[output]]]`. */
  lineWriterOf: (procedure: AnyTRPCProcedure) => (id: number, output: unknown) => string;
  /** Writes any other value, such as the shape of an error. */
  write: (value: unknown) => string;
  /** Returns what `write` returns for a value of JSON, from its text, at less cost. */
  wrap: (json: string) => string;
  /** True if an input is `undefined`, or none was sent. */
  isAbsent: (json: unknown) => boolean;
  /** What the author of the router should know, as a sentence. */
  note?: string;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The wire of superjson, with compiled readers and writers. */
function superjsonWire({ output: superjson }: TRPCCombinedDataTransformer): Wire {
  const toSuperjson = superjsonWriter(superjson);
  return {
    format: 'superjson',
    accept(json) {
      // superjson reads `json` and `meta` from any object, but fails for null.
      if (json === null) throw new TypeError('The input is null.');
      return json;
    },
    readerOf(procedure) {
      const read = readerOf(procedure);
      return (json, sent) => (isObject(json) ? read(json, sent) : undefined);
    },
    writerOf: (procedure) => compileSuperjson(outputSchemaOf(procedure), toSuperjson),
    lineWriterOf: (procedure) => compileSuperjsonLine(outputSchemaOf(procedure), toSuperjson),
    write: toSuperjson,
    wrap: (json) => `{"json":${json}}`,
    isAbsent: isAbsentInSuperjson,
  };
}

/** Returns the schema that a procedure's output was parsed by; `null` if it has none of zod 4. */
function outputSchemaOf(procedure: AnyTRPCProcedure): core.$ZodType | null {
  const output = outputOf(procedure);
  return output instanceof core.$ZodType ? output : null;
}

const isAbsentInSuperjson = (json: unknown) => json === undefined || (isObject(json) && isUndefined(json));

/** The wire without a transformer: the text of `JSON.stringify`, as tRPC's adapters write it. */
const PLAIN: Wire = {
  format: 'json',
  accept: (json) => json,
  readerOf(procedure) {
    const { maxValues } = sizeOf(procedure);
    return (json, sent) => {
      if (sent > maxValues && countValues(json) > maxValues) throw tooMany(maxValues);
      return json;
    };
  },
  writerOf: () => (output) => JSON.stringify(output),
  lineWriterOf: () => (id, output) => JSON.stringify([id, 0, [[output]]]),
  write: (value) => JSON.stringify(value),
  wrap: (json) => json,
  isAbsent: (json) => json === undefined,
};

/** True for superjson, even another copy of it. */
function isSuperjson(transformer: unknown): boolean {
  const has = (name: string) => typeof fieldOf(transformer, name) === 'function';
  return ['serialize', 'deserialize', 'registerClass', 'registerSymbol', 'registerCustom'].every(has);
}

/**
 * True if classes, symbols or custom types are registered with a superjson, or it deduplicates, so its text is special.
 */
function isCustomized(transformer: object): boolean {
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

/** A value that any transformer would change. */
const PROBE = { at: new Date(0), tags: new Map(), list: [undefined], big: 1n };

/** True for the transformer of a router without one: tRPC then uses one that changes nothing. */
function isIdentity(transformer: unknown): boolean {
  const [serialize, deserialize] = [fieldOf(transformer, 'serialize'), fieldOf(transformer, 'deserialize')];
  if (typeof serialize !== 'function' || typeof deserialize !== 'function') return false;
  try {
    return Reflect.apply(serialize, transformer, [PROBE]) === PROBE;
  } catch {
    return false;
  }
}

/**
 * Returns the wire of a superjson with registered types or `dedupe`. It converts the values itself, between a check of
 * the annotations and one of the result.
 */
function customizedWire(transformer: TRPCCombinedDataTransformer): Wire {
  return {
    ...foreignWire(transformer),
    format: 'superjson',
    accept(json): unknown {
      checkAnnotations(json);
      return transformer.input.deserialize(json);
    },
    readerOf(procedure) {
      const { maxValues } = sizeOf(procedure);
      return (value) => {
        if (expandedSize(value) > maxValues) throw tooMany(maxValues);
        return value;
      };
    },
    isAbsent: isAbsentInSuperjson,
    note: 'The superjson of this router has registered types or `dedupe`, so it converts inputs and outputs itself, which is slower than the compiled converters.',
  };
}

/**
 * Returns the wire of any other transformer. The values of the whole request are counted before the transformer gets
 * them.
 */
function foreignWire({ input, output }: TRPCCombinedDataTransformer): Wire {
  const write = (value: unknown) => JSON.stringify(output.serialize(value)) as string | undefined;
  return {
    format: 'other',
    accept: (json): unknown => input.deserialize(json),
    readerOf: () => (value) => value,
    writerOf: () => write,
    lineWriterOf: () => (id, output) => write([id, 0, [[output]]]) ?? 'null',
    write: (value) => write(value) ?? 'null',
    wrap: (json) => write(JSON.parse(json)) ?? 'null',
    isAbsent: PLAIN.isAbsent,
  };
}

/** Returns the wire of a router, by its transformer. */
export const wireOf = oncePer((router: AnyTRPCRouter): Wire => wireFor(router._def._config.transformer));

function wireFor(transformer: TRPCCombinedDataTransformer): Wire {
  const { input, output } = transformer;
  if (isIdentity(input) && isIdentity(output)) return PLAIN;
  if (!isSuperjson(input) || !isSuperjson(output)) return foreignWire(transformer);
  return isCustomized(input) || isCustomized(output)
    ? customizedWire(transformer)
    : superjsonWire(transformer);
}
