import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import type { ApiResponse, BufferedResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import { errorShape } from '../errors/trpc-error.ts';
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
import { onlyJson, type RawType, rawTypeOf, singleInput } from './raw-input.ts';
import { type Target, targetsOf } from './targets.ts';
import { wireOf } from './wire.ts';

/**
 * Returns the response for a request that is rejected before it reaches a procedure: the error in the form that tRPC
 * clients read, `{"error":…}`, with the status of its code, its headers, and `Retry-After` in seconds.
 * @param ctx the context of the call for the router's `errorFormatter`, if there is one.
 */
export function rpcFailure(
  router: AnyTRPCRouter,
  error: ApiError,
  ctx: object | undefined,
): BufferedResponse {
  const shape = errorShape(router, error, { type: 'unknown', ctx });
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

/** The options of `createRpcSurface`. */
export interface RpcOptions<C extends object> extends Gate<C> {
  /** The path to serve at. Default: `/api/trpc`. */
  path?: string;
  /** The errors of the API, from `defineErrors`. Default: those of the layer only. */
  errors?: Errors;
  /** Called with every error, for the log. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /** The maximum number of calls in a batch. Default: 20. */
  maxBatchSize?: number;
  /**
   * Returns the `ctx` of the router's `errorFormatter` for an error that occurred before a context was created.
   * Default: `undefined`, as with tRPC's own adapters.
   */
  errorContext?: (call: Call<C>) => object;
}

/**
 * Creates the RPC surface of a router: tRPC's protocol over HTTP (https://trpc.io/docs/rpc), with batches, streams and
 * subscriptions.
 *
 * `compileDispatch` serves common requests, and tRPC's fetch adapter all others. In contrast to the adapter alone, the
 * body has limits of size and depth, and a batch has a limit of calls. Bodies other than JSON, which pages of other
 * origins can send without a CORS preflight, reach only procedures whose parsers accept them.
 * @returns a function from a call to its response. It throws an ApiError for a request that is rejected before it
 *   reaches a procedure; `rpcFailure` turns that into a response.
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
  const runAdapter = compileAdapter<C>(router, { base, wire, errors }, onError);
  const maxValuesOf = compileMaxValues(router);
  const lazyNames = Object.keys(router._def.lazy);
  /** True for a procedure of a lazy router, which is not loaded at start, so its inputs are unknown. */
  const isLazy = (path: string) => lazyNames.some((name) => path === name || path.startsWith(`${name}.`));

  /**
   * Counts the calls of a request. A rejected call still reaches its procedure, which reports the rejection.
   * @param targets the procedure of each call; `undefined` if it does not exist.
   * @returns true if the input of at least one call is needed.
   * @throws {ApiError} if all calls are rejected and at least one does not reach a procedure.
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

  /** True if the caller may call a procedure, as far as `mayCall` knows before the procedure runs. */
  async function isAllowed(call: Call<C>, called: CalledProcedure): Promise<boolean> {
    try {
      await mayCall?.(call, called, 'rpc');
      return true;
    } catch {
      return false;
    }
  }

  /** Serves a call whose input is not JSON. */
  async function serveRaw(call: Call<C>, target: Target | undefined, type: RawType): Promise<ApiResponse> {
    if (!target) throw onlyJson();
    const isRead = await readsInput(call, [target]);
    const uploads = new Uploads();
    try {
      const input = isRead ? await target.readRaw(call, type, uploads) : undefined;
      const response = await runAdapter(call, singleInput(input));
      return await uploads.removeAfter(response, call.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  }

  return async (call) => {
    const raw = checkRequest(call);
    const path = parseRpcPath(call, base);
    if (path.names.length > maxBatchSize) {
      const [rejection] = (await admit?.(call, [undefined])) ?? [];
      if (rejection) throw rejection;
      return rejectLargeBatch(router, call, path, { base, maxBatchSize });
    }
    const called = path.names.map((name) => targetFor(call, targets.get(name)));
    if (raw) return serveRaw(call, path.isBatch ? undefined : called[0], raw);
    const isRead = (await readsInput(call, called)) || path.names.some(isLazy);
    const limits = { maxValues: maxValuesOf(path) };
    let text: string | Uint8Array | null = null;
    if (isRead) text = call.method === 'POST' ? await readBody(call) : call.searchParams.get('input');
    const { json, values } = text === null ? { json: undefined, values: 0 } : parseCounted(text, limits);
    const params = call.searchParams.get('connectionParams');
    // The layer does not use these, but the adapter parses them, so their limits are checked first.
    if (params !== null) parseJson(params);
    const inputs = readInputs(json, path, values, wire);
    return dispatch(call, path, inputs) ?? runAdapter(call, inputs);
  };
}

/**
 * Checks the method and the media type of a request.
 * @returns the media type of a body that is not JSON; `undefined` for JSON or no body.
 * @throws {ApiError} METHOD_NOT_ALLOWED for other methods than GET, HEAD and POST; UNSUPPORTED_MEDIA_TYPE.
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

/** Returns the procedure if its type matches the method of the request: POST for mutations, GET and HEAD for others. */
const targetFor = ({ method }: Pick<Call, 'method'>, target: Target | undefined) =>
  (target?.type === 'mutation') === (method === 'POST') ? target : undefined;
