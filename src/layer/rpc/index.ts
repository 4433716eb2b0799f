import { type AnyTRPCRouter, getTRPCErrorShape } from '@trpc/server';
import superjson from 'superjson';
import type { Call, Surface } from '../call/call.ts';
import type { ApiResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import { mediaType, parseCounted, parseJson, readBody } from '../http/body.ts';
import { MAX_BATCH_SIZE } from '../limits.ts';
import { Uploads } from '../rest/uploads.ts';
import { compileAdapter } from './adapter.ts';
import { compileDispatch } from './dispatch.ts';
import { compileMaxValues, readInputs } from './inputs.ts';
import { rejectLargeBatch } from './large-batch.ts';
import { parseRpcPath } from './path.ts';
import { givenInput, onlyJson, type RawType, rawTypeOf } from './raw-input.ts';
import { type CalledProcedure, type Target, targetsOf } from './targets.ts';

/** An error in the form tRPC clients read, for what is refused before any procedure is reached. */
export function rpcFailure(router: AnyTRPCRouter, error: ApiError, ctx: object): Response {
  const config = router._def._config;
  const shape: unknown = getTRPCErrorShape({
    config,
    error,
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx,
  });
  const { retryAfter, headers } = error.options;
  return Response.json(
    { error: superjson.serialize(shape) },
    {
      status: error.definition.status,
      headers: { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
    },
  );
}

/** What was decided of the calls of a request before its body is read. */
export interface Admitted {
  /** The error of each call that is rejected, in the order of the calls; the procedures throw it themselves. */
  rejections: readonly (ApiError | undefined)[];
  /** True if the input of at least one call is needed. */
  readsInput: boolean;
}

export type { CalledProcedure };

export interface RpcOptions<C extends object> {
  /** The errors of the API; default: those of the layer only. */
  errors?: Errors;
  /** Called with every error, for the log. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /**
   * Called when the head of a request has been read and before its body is: counts the calls. Without `admit`, only the
   * procedures check their callers.
   * @param called the procedure of each call; `undefined` for one that calls none.
   */
  admit?: (call: Call<C>, called: readonly (CalledProcedure | undefined)[]) => Promise<Admitted>;
  /** How many calls a batch may carry. */
  maxBatchSize?: number;
}

/**
 * The tRPC protocol: what is common in it is answered by `compileDispatch`, the rest by tRPC's fetch adapter, with the
 * adapter's open ends closed: a limited and not too deep body, a limited batch, and other bodies than JSON, which foreign
 * pages can send without asking, for those procedures only whose parsers take them.
 */
export function createRpcSurface<C extends object>(
  router: AnyTRPCRouter,
  { errors = coreErrors, onError, admit = admitAll, maxBatchSize = MAX_BATCH_SIZE }: RpcOptions<C> = {},
): Surface<C> {
  const targets = targetsOf(router);
  const dispatch = compileDispatch<C>(router, targets, (error, call) => {
    onError?.(errors.toError(error), call);
  });
  const answerByAdapter = compileAdapter<C>(router, errors, onError);
  const maxValuesOf = compileMaxValues(router);
  const lazyNames = Object.keys(router._def.lazy);
  /** True for a procedure that is not loaded at the start, of which nothing is known here. */
  const isLazy = (path: string) => lazyNames.some((name) => path === name || path.startsWith(`${name}.`));

  /**
   * Counts the calls of a request. The procedures report which of them are rejected.
   * @param targets what each of them calls; `undefined` for nothing.
   * @returns true if the input of at least one call is needed.
   * @throws {ApiError} if all are rejected and not all reach a procedure.
   */
  async function readsInput(call: Call<C>, targets: readonly (Target | undefined)[]): Promise<boolean> {
    const { rejections, readsInput } = await admit(
      call,
      targets.map((target) => target?.called),
    );
    const [rejection] = rejections;
    if (rejection && rejections.every(Boolean)) {
      if (targets.includes(undefined)) throw rejection;
      const { retryAfter } = rejection.options;
      if (retryAfter !== undefined) call.responseHeaders.set('retry-after', String(retryAfter));
    }
    return readsInput;
  }

  /** Answers a call whose input is not JSON. */
  async function answerRaw(call: Call<C>, target: Target | undefined, type: RawType): Promise<ApiResponse> {
    const { request, signal } = call;
    if (!target) throw onlyJson();
    const isRead = await readsInput(call, [target]);
    const uploads = new Uploads();
    try {
      const input = isRead ? await target.readRaw(request, type, uploads) : undefined;
      const response = await answerByAdapter(call, givenInput(input));
      return await uploads.removeAfter(response, signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  }

  return async (call) => {
    const { request, url } = call;
    const raw = checkRequest(request);
    const address = parseRpcPath(url);
    if (address.names.length > maxBatchSize) {
      const [rejection] = (await admit(call, [undefined])).rejections;
      if (rejection) throw rejection;
      return rejectLargeBatch(router, call, address, maxBatchSize);
    }
    const called = address.names.map((name) => targetFor(request, targets.get(name)));
    if (raw) return answerRaw(call, address.isBatch ? undefined : called[0], raw);
    const isRead = (await readsInput(call, called)) || address.names.some(isLazy);
    const limits = { maxValues: maxValuesOf(address) };
    let text: string | Uint8Array | null = null;
    if (isRead) text = request.method === 'POST' ? await readBody(request) : url.searchParams.get('input');
    const { json, values } = text === null ? { json: undefined, values: 0 } : parseCounted(text, limits);
    const params = url.searchParams.get('connectionParams');
    // Nothing here reads these, but the adapter parses them.
    if (params !== null) parseJson(params);
    const inputs = readInputs(json, address, values);
    return dispatch(call, address, inputs) ?? answerByAdapter(call, inputs);
  };
}

/**
 * Returns the media type of a body that is not JSON.
 * @throws {ApiError} METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE
 */
function checkRequest({ method, headers }: Request): RawType | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') throw new CoreError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD, POST' } });
  const type = mediaType(headers);
  if (type === 'application/json') return undefined;
  const raw = rawTypeOf(type);
  if (!raw) throw onlyJson();
  return raw;
}

/** Returns the procedure if its type goes with the request's method. */
const targetFor = ({ method }: Request, target: Target | undefined) =>
  (target?.type === 'mutation') === (method === 'POST') ? target : undefined;

/** Rejects no call before its body is read. */
const admitAll = (): Promise<Admitted> => Promise.resolve({ rejections: [], readsInput: true });
