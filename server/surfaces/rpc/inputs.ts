import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import superjson, { type SuperJSONResult } from 'superjson';
import { proceduresOf } from '#server/call';
import { DEFAULT_SIZE, sizeOf } from '#server/decode/size';
import type { Address } from './address.ts';

/** Compiles how many values the inputs of the calls that a request names may hold together. */
export function compileMaxValues(router: AnyTRPCRouter): (address: Address) => number {
  const sizes = new Map(proceduresOf(router).map(([path, procedure]) => [path, sizeOf(procedure)]));
  return ({ names }) => names.reduce((sum, name) => sum + (sizes.get(name) ?? DEFAULT_SIZE).maxValues, 0);
}

/** The inputs of the calls of one request; they are read when the first of the calls asks. */
export interface Inputs {
  /** @throws {TRPCError} BAD_REQUEST when one of them is not in superjson's form, or a batch not an object of them. */
  read: (index: number) => Promise<unknown>;
  /** What `read` has given; `undefined` when nobody has asked. */
  known: (index: number) => unknown;
}

/**
 * @param json what came in the query or the body: an input, or in a batch an object of them by the numbers of the
 * calls; `undefined` where nothing came.
 */
export function readInputs(json: unknown, count: number, isBatch: boolean): Inputs {
  let inputs: unknown[] | undefined;

  function readAll(): unknown[] {
    if (json === undefined) return [];
    if (!isBatch) return [deserialize(json)];
    if (!isObject(json) || Array.isArray(json)) {
      throw new TypeError('The inputs of a batch must be an object, by the numbers of the calls.');
    }
    return Array.from({ length: count }, (_, index) => {
      const input: unknown = Reflect.get(json, index);
      return input === undefined ? undefined : deserialize(input);
    });
  }

  return {
    async read(index) {
      try {
        inputs ??= readAll();
      } catch (cause) {
        throw new TRPCError({ code: 'BAD_REQUEST', cause });
      }
      return inputs[index];
    },
    known: (index) => inputs?.[index],
  };
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** superjson takes any object for its own, and looks for `json` and `meta` in it. */
const isPayload = (value: unknown): value is SuperJSONResult => isObject(value);

/** What superjson makes of JSON that was parsed here, so that it need not be copied. */
function deserialize(json: unknown): unknown {
  if (json === null) throw new TypeError('The input is null.');
  if (!isPayload(json)) return undefined;
  return json.meta ? superjson.deserialize(json, { inPlace: true }) : json.json;
}
