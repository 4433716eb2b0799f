import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { proceduresOf } from '../call/compile.ts';
import { DEFAULT_SIZE, sizeOf } from '../decode/size.ts';
import { isUndefined, type ReadWire } from '../decode/wire.ts';
import type { RpcPath } from './path.ts';

/** For each value of an input, superjson may send some more beside it: a path, its annotation, and its equalities. */
const VALUES_PER_VALUE = 6;
const VALUES_AROUND = 10;

/** Compiles how many values the JSON of a request may hold, by the procedures that it calls. */
export function compileMaxValues(router: AnyTRPCRouter): (address: RpcPath) => number {
  const sizes = new Map(proceduresOf(router).map(([path, procedure]) => [path, sizeOf(procedure)]));
  const most = (name: string) =>
    (sizes.get(name) ?? DEFAULT_SIZE).maxValues * VALUES_PER_VALUE + VALUES_AROUND;
  return ({ names }) => names.reduce((sum, name) => sum + most(name), 0);
}

/** The inputs of the calls of one request; each is read when its call asks for the first time. */
export interface Inputs {
  /**
   * Reads an input with the reader of the procedure that is called.
   * @throws {TRPCError} BAD_REQUEST when the inputs are not in superjson's form, or a batch not an object of them; and
   *   what the reader throws.
   */
  read: (index: number, reader: ReadWire) => Promise<unknown>;
  /** True if no input was sent, or `undefined`; not for what is no input at all. */
  isAbsent: (index: number) => boolean;
  /** Returns what `read` has returned; `undefined` when nobody has asked. */
  known: (index: number) => unknown;
}

/**
 * @param json what came in the query or the body: an input, or in a batch an object of them by the numbers of the
 * calls; `undefined` where nothing came.
 * @param values how many values it holds.
 */
export function readInputs(json: unknown, { names, isBatch }: RpcPath, values: number): Inputs {
  let payloads: (object | undefined)[] | undefined;
  const inputs = new Map<number, unknown>();

  function payloadsOf(): (object | undefined)[] {
    if (json === undefined) return [];
    if (!isBatch) return [payloadOf(json)];
    if (!isObject(json) || Array.isArray(json)) {
      // As tRPC's adapter says it.
      const message = '"input" needs to be an object when doing a batch call';
      throw new TRPCError({ code: 'BAD_REQUEST', message });
    }
    return names.map((_, index) => {
      const input: unknown = Reflect.get(json, index);
      return input === undefined ? undefined : payloadOf(input);
    });
  }

  return {
    async read(index, reader) {
      if (inputs.has(index)) return inputs.get(index);
      try {
        payloads ??= payloadsOf();
        const payload = payloads[index];
        inputs.set(index, payload && reader(payload, values));
      } catch (cause) {
        if (cause instanceof TRPCError) throw cause;
        throw new TRPCError({ code: 'BAD_REQUEST', cause });
      }
      return inputs.get(index);
    },
    isAbsent(index) {
      const given: unknown = isBatch && isObject(json) ? Reflect.get(json, index) : json;
      return given === undefined || (isObject(given) && isUndefined(given));
    },
    known: (index) => inputs.get(index),
  };
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** superjson takes any object for its own, and looks for `json` and `meta` in it. */
function payloadOf(json: unknown): object | undefined {
  if (json === null) throw new TypeError('The input is null.');
  return isObject(json) ? json : undefined;
}
