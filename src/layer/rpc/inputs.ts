import { TRPCError } from '@trpc/server';
import { DEFAULT_SIZE } from '../decode/size.ts';
import { isTrpcError } from '../trpc/error.ts';
import type { RpcPath } from './path.ts';
import type { ReadInput, Wire } from './wire.ts';

/** For each value of an input, superjson may send additional values: a path, its annotation, and its equalities. */
const VALUES_PER_VALUE = 6;
const VALUES_AROUND = 10;

/**
 * Returns the maximum number of values in the JSON of a request.
 * @param targets the procedures that it calls; `undefined` for a procedure that does not exist.
 */
export const maxValuesOf = (targets: readonly ({ maxValues: number } | undefined)[]): number =>
  targets.reduce(
    (sum, target) => sum + (target?.maxValues ?? DEFAULT_SIZE.maxValues) * VALUES_PER_VALUE + VALUES_AROUND,
    0,
  );

/** The inputs of the calls of one request. Each is read at its first use. */
export interface Inputs {
  /**
   * Reads an input with the reader of the called procedure.
   * @throws {TRPCError} BAD_REQUEST for an input that cannot be read, or a batch that is not an object of inputs; the
   *   errors of the reader.
   */
  read: (index: number, reader: ReadInput) => unknown;
  /** True if no input was sent, or `undefined`; false for a value that cannot be an input. */
  isAbsent: (index: number) => boolean;
  /** Returns an input that `read` has returned; `undefined` if it has not been read. */
  known: (index: number) => unknown;
}

/**
 * Returns the inputs of a request.
 * @param json the JSON of the query or the body: an input, or in a batch an object of inputs by the index of their
 *   call; `undefined` if none was sent.
 * @param values the number of values in the JSON.
 */
export function readInputs(
  json: unknown,
  { names, isBatch }: RpcPath,
  values: number,
  wire: Pick<Wire, 'accept' | 'isAbsent'>,
): Inputs {
  let payloads: unknown[] | undefined;
  const inputs = new Map<number, unknown>();

  function payloadsOf(): unknown[] {
    if (json === undefined) return [];
    if (!isBatch) return [wire.accept(json)];
    if (!isObject(json) || Array.isArray(json)) {
      // The same message as that of tRPC's adapter.
      const message = '"input" needs to be an object when doing a batch call';
      throw new TRPCError({ code: 'BAD_REQUEST', message });
    }
    return names.map((_, index) => {
      const input: unknown = Reflect.get(json, index);
      return input === undefined ? undefined : wire.accept(input);
    });
  }

  return {
    read(index, reader) {
      if (inputs.has(index)) return inputs.get(index);
      try {
        payloads ??= payloadsOf();
        const payload = payloads[index];
        inputs.set(index, payload === undefined ? undefined : reader(payload, values));
      } catch (cause) {
        if (isTrpcError(cause)) throw cause;
        throw new TRPCError({ code: 'BAD_REQUEST', cause });
      }
      return inputs.get(index);
    },
    isAbsent(index) {
      const sent: unknown = isBatch && isObject(json) ? Reflect.get(json, index) : json;
      return wire.isAbsent(sent);
    },
    known: (index) => inputs.get(index),
  };
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
