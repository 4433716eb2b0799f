import {
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type TRPCProcedureType,
} from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { z } from 'zod';
import type { Call } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import type { BufferedResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { MAX_BATCH_BYTES } from '../limits.ts';
import { type Inputs, isObject } from './inputs.ts';
import type { RpcPath } from './path.ts';
import { type Called, findTargets, type Target } from './targets.ts';
import type { Wire } from './wire.ts';

/** The part of an answer that belongs to one call. */
interface Part {
  text: string;
  status: number;
}

/** What an error tells of the call that failed. */
interface Failed {
  type: TRPCProcedureType;
  /** Absent when it was not one call that failed. */
  path?: string;
  input?: unknown;
}

/** Answers a request; `null` for one that is to be left to tRPC. */
export type Dispatch<C extends object> = (
  call: Call<C>,
  address: RpcPath,
  inputs: Inputs,
) => Promise<BufferedResponse> | null;

/** The part of an error's shape that a formatter may set, and tRPC takes the status from. */
const ErrorShape = z.object({ data: z.object({ httpStatus: z.number() }) });

/**
 * Compiles the common part of tRPC's protocol: queries by GET and mutations by POST, one or many of them, answered with
 * JSON. A path is one look-up in a map, and outputs are encoded by their schemas. The answers are those of tRPC's own
 * fetchRequestHandler, byte for byte; streams, and most of what is refused, are left to that.
 * @param targets the procedures of the router.
 * @param onError told of every error.
 */
export function compileDispatch<C extends object>(
  router: AnyTRPCRouter,
  wire: Wire,
  targets: ReadonlyMap<string, Target>,
  onError: (error: TRPCError, call: Call<C>) => void,
): Dispatch<C> {
  function failure(error: TRPCError, { type, path, input }: Failed, ctx: C): Part {
    const { _config: config } = router._def;
    const shape: unknown = getTRPCErrorShape({ config, error, type, path, input, ctx });
    return { text: `{"error":${wire.writeError(shape)}}`, status: statusOf(shape, error) };
  }

  /**
   * Calls a procedure.
   * @returns a function that makes its part of the answer, and throws for what cannot be one. A result that does not
   * `fit` is an error of this call alone.
   */
  async function perform(
    { path, type, invoke, read, adapt, encode }: Target,
    { inputs, index, isBatch }: { inputs: Inputs; index: number; isBatch: boolean },
    { call, ctx }: { call: Call<C>; ctx: C },
  ): Promise<(fits: (text: string) => boolean) => Part> {
    const { signal } = call;
    const reject = (error: TRPCError) => failure(error, { type, path, input: inputs.known(index) }, ctx);
    try {
      const getRawInput = async () => adapt(await inputs.read(index, read), inputs.isAbsent(index));
      const output = await invoke({ ctx, path, type, getRawInput, signal, batchIndex: index });
      return (fits) => {
        if (!comesInPieces(output)) {
          const data = encode(output);
          const text = data === undefined ? '{"result":{}}' : `{"result":{"data":${data}}}`;
          if (fits(text)) return { text, status: 200 };
          const error = tooLarge();
          onError(error, call);
          return reject(error);
        }
        if (isBatch) return reject(inPieces());
        throw inPieces();
      };
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      onError(error, call);
      return () => reject(error);
    }
  }

  async function answer(
    { targets, isBatch, type }: Called,
    inputs: Inputs,
    call: Call<C>,
  ): Promise<BufferedResponse> {
    const created = call.context();
    const ctx = created instanceof Promise ? await created : created;
    const made = await Promise.all(
      targets.map((target, index) => perform(target, { inputs, index, isBatch }, { call, ctx })),
    );
    try {
      const fits = isBatch ? byteBudget(MAX_BATCH_BYTES) : () => true;
      const parts = made.map((make) => make(fits));
      const text = parts.map((part) => part.text).join(',');
      const [status = 200, ...others] = new Set(parts.map((part) => part.status));
      return reply(isBatch ? `[${text}]` : text, others.length > 0 ? MULTI_STATUS : status, call);
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      onError(error, call);
      const { text, status } = failure(error, { type }, ctx);
      return reply(text, status, call);
    }
  }

  return (call, address, inputs) => {
    const called = findTargets(targets, address, call);
    return called && answer(called, inputs, call);
  };
}

/** Returns the status of an error: as tRPC's adapters do, from its shape, if that has one. */
const statusOf = (shape: unknown, error: TRPCError) =>
  ErrorShape.safeParse(shape).data?.data.httpStatus ?? getHTTPStatusCodeFromError(error);

/** RFC 4918, section 11.1. */
const MULTI_STATUS = 207;

/** The headers of every response that is not a stream; tRPC's own. */
const COMMON: readonly (readonly [string, string])[] = [
  ['vary', 'trpc-accept, accept'],
  ['content-type', 'application/json'],
];

function reply(body: string, status: number, { responseHeaders }: Call): BufferedResponse {
  const headers = new HeaderList(COMMON);
  for (const [name, value] of responseHeaders) headers.append(name, value);
  return { status, headers, body };
}

/** @returns whether a text still fits into `bytes` beside those that did before; one that does not takes nothing. */
function byteBudget(bytes: number): (text: string) => boolean {
  let left = bytes;
  return (text) => {
    const size = Buffer.byteLength(text);
    if (size > left) return false;
    left -= size;
    return true;
  };
}

const tooLarge = () =>
  new CoreError('PAYLOAD_TOO_LARGE', {
    detail: `The results of a batch may have ${MAX_BATCH_BYTES} bytes together. Send this call by itself.`,
  });

const isPromise = (value: unknown) =>
  isObject(value) &&
  typeof Reflect.get(value, 'then') === 'function' &&
  typeof Reflect.get(value, 'catch') === 'function';
const isIterable = (value: unknown) => isObject(value) && Symbol.asyncIterator in value;

/** Whether tRPC would send a value in pieces, to those who can read that. */
function comesInPieces(value: unknown): boolean {
  if (!isObject(value) || Array.isArray(value)) return false;
  return isIterable(value) || Object.values(value).some((item) => isPromise(item) || isIterable(item));
}

const inPieces = () =>
  new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink',
  });
