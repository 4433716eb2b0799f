import { type AnyTRPCRouter, getTRPCErrorShape } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import type { ApiResponse, BufferedResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import type { CalledProcedure, Gate } from '../gate.ts';
import { mediaType, parseCounted, parseJson, readBody } from '../http/body.ts';
import { MAX_BATCH_SIZE } from '../limits.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { Uploads } from '../rest/uploads.ts';
import { compileAdapter } from './adapter.ts';
import { compileDispatch } from './dispatch.ts';
import { compileMaxValues, readInputs } from './inputs.ts';
import { rejectLargeBatch } from './large-batch.ts';
import { parseRpcPath } from './path.ts';
import { givenInput, onlyJson, type RawType, rawTypeOf } from './raw-input.ts';
import { type Target, targetsOf } from './targets.ts';
import { wireOf } from './wire.ts';

/** Returns an error in the form that tRPC clients read, for a request that is rejected before any procedure is reached. */
export function rpcFailure(
  router: AnyTRPCRouter,
  error: ApiError,
  ctx: object | undefined,
): BufferedResponse {
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
  return {
    status: error.definition.status,
    headers: new HeaderList([
      ['content-type', 'application/json'],
      ...Object.entries(headers ?? {}),
      ...(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)] as const]),
    ]),
    body: `{"error":${wireOf(router).writeError(shape)}}`,
  };
}

export interface RpcOptions<C extends object> extends Gate<C> {
  /** The path to serve at. Default: `/api/trpc`. */
  path?: string;
  /** The errors of the API; default: those of the layer only. */
  errors?: Errors;
  /** Called with every error, for the log. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /** The maximum number of calls in a batch. Default: 20. */
  maxBatchSize?: number;
  /**
   * Returns what the router's `errorFormatter` gets as `ctx` for an error that came before there was a context. Default:
   * nothing, as with tRPC's own adapters.
   */
  errorContext?: (call: Call<C>) => object;
}

/**
 * The tRPC protocol: what is common in it is answered by `compileDispatch`, the rest by tRPC's fetch adapter, with the
 * adapter's open ends closed: a limited and not too deep body, a limited batch, and other bodies than JSON, which foreign
 * pages can send without asking, for those procedures only whose parsers take them.
 */
export function createRpcSurface<C extends object>(
  router: AnyTRPCRouter,
  {
    path: base = DEFAULT_PATHS.rpc,
    errors = coreErrors,
    onError,
    admit,
    mayCall,
    maxBatchSize = MAX_BATCH_SIZE,
  }: RpcOptions<C> = {},
): Surface<C> {
  const wire = wireOf(router);
  const targets = targetsOf(router, wire);
  const dispatch = compileDispatch<C>(router, wire, targets, (error, call) => {
    onError?.(errors.toError(error), call);
  });
  const answerByAdapter = compileAdapter<C>(router, { base, wire, errors }, onError);
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
    const called = targets.map((target) => target?.called);
    const rejections = (await admit?.(call, called)) ?? [];
    const [rejection] = rejections;
    if (rejection && rejections.every(Boolean)) {
      if (targets.includes(undefined)) throw rejection;
      const { retryAfter } = rejection.options;
      if (retryAfter !== undefined) call.responseHeaders.set('retry-after', String(retryAfter));
    }
    for (const [index, one] of called.entries()) {
      if (one && !rejections[index] && (await isAllowed(call, one))) return true;
    }
    return admit === undefined && mayCall === undefined;
  }

  /** True if the caller may call a procedure, as far as that is known before the procedure runs. */
  async function isAllowed(call: Call<C>, called: CalledProcedure): Promise<boolean> {
    try {
      await mayCall?.(call, called, 'rpc');
      return true;
    } catch {
      return false;
    }
  }

  /** Answers a call whose input is not JSON. */
  async function answerRaw(call: Call<C>, target: Target | undefined, type: RawType): Promise<ApiResponse> {
    if (!target) throw onlyJson();
    const isRead = await readsInput(call, [target]);
    const uploads = new Uploads();
    try {
      const input = isRead ? await target.readRaw(call, type, uploads) : undefined;
      const response = await answerByAdapter(call, givenInput(input));
      return await uploads.removeAfter(response, call.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  }

  return async (call) => {
    const raw = checkRequest(call);
    const address = parseRpcPath(call, base);
    if (address.names.length > maxBatchSize) {
      const [rejection] = (await admit?.(call, [undefined])) ?? [];
      if (rejection) throw rejection;
      return rejectLargeBatch(router, call, address, { base, maxBatchSize });
    }
    const called = address.names.map((name) => targetFor(call, targets.get(name)));
    if (raw) return answerRaw(call, address.isBatch ? undefined : called[0], raw);
    const isRead = (await readsInput(call, called)) || address.names.some(isLazy);
    const limits = { maxValues: maxValuesOf(address) };
    let text: string | Uint8Array | null = null;
    if (isRead) text = call.method === 'POST' ? await readBody(call) : call.searchParams.get('input');
    const { json, values } = text === null ? { json: undefined, values: 0 } : parseCounted(text, limits);
    const params = call.searchParams.get('connectionParams');
    // Nothing here reads these, but the adapter parses them.
    if (params !== null) parseJson(params);
    const inputs = readInputs(json, address, values, wire);
    return dispatch(call, address, inputs) ?? answerByAdapter(call, inputs);
  };
}

/**
 * Returns the media type of a body that is not JSON.
 * @throws {ApiError} METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE
 */
function checkRequest(call: Pick<Call, 'method' | 'header'>): RawType | undefined {
  const { method } = call;
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') throw new CoreError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD, POST' } });
  const type = mediaType(call);
  if (type === 'application/json') return undefined;
  const raw = rawTypeOf(type);
  if (!raw) throw onlyJson();
  return raw;
}

/** Returns the procedure if its type goes with the request's method. */
const targetFor = ({ method }: Pick<Call, 'method'>, target: Target | undefined) =>
  (target?.type === 'mutation') === (method === 'POST') ? target : undefined;
