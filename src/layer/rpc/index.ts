import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { HeaderList } from '../call/header-list.ts';
import { andThen, type Eventual, rescue } from '../call/eventual.ts';
import { Later } from '../call/later.ts';
import type { Report } from '../call/report.ts';
import type { ApiResponse, BufferedResponse } from '../call/response.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import { errorShape } from '../trpc/error.ts';
import { admitOne, type CalledProcedure, type Gate } from '../gate.ts';
import { mediaType, parseCounted, readBody } from '../http/body.ts';
import { MAX_BATCH_SIZE } from '../limits.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { Uploads } from '../rest/uploads.ts';
import { compileAdapter } from './adapter.ts';
import { compileDispatch } from './dispatch.ts';
import { connectionParamsOf, describeRequest } from './info.ts';
import { type Inputs, maxValuesOf, readInputs } from './inputs.ts';
import { rejectLargeBatch } from './large-batch.ts';
import { parseRpcPath, type RpcPath, separatorOf } from './path.ts';
import { onlyJson, type RawType, rawTypeOf, singleInput } from './raw-input.ts';
import type { ResponseMeta } from './response-meta.ts';
import { acceptsOf, type Target, targetsOf } from './targets.ts';
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
  const shape = errorShape(router, error, { type: 'unknown' }, ctx);
  const { retryAfter, headers } = error.options;
  return {
    status: error.definition.status,
    headers: new HeaderList([
      ['content-type', 'application/json'],
      ...Object.entries(headers ?? {}),
      ...(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)] as const]),
    ]),
    body: `{"error":${wireOf(router).write(shape)}}`,
  };
}

/** The options of `createRpcSurface`. */
export interface RpcOptions<C extends object> extends Gate<C> {
  /** The path to serve at. Default: `/api/trpc`. */
  path?: string;
  /** The errors of the API, from `defineErrors`. Default: those of the layer only. */
  errors?: Errors;
  /** Called with every error, as it was thrown. */
  report?: Report<C>;
  /** True to accept batches. Default: true. */
  allowBatching?: boolean;
  /** The maximum number of calls in a batch. Default: 20. */
  maxBatchSize?: number;
  /** True to also accept queries and subscriptions by POST. Default: false. */
  allowMethodOverride?: boolean;
  /** Returns headers and the status for the response to a request that reached its procedures. */
  responseMeta?: ResponseMeta<C>;
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
 * @returns a function from a call to its response. It throws an ApiError or a TRPCError for a request that is rejected
 *   before it reaches a procedure; `rpcFailure` turns that into a response.
 */
export function createRpcSurface<C extends object>(
  router: AnyTRPCRouter,
  {
    path: base = DEFAULT_PATHS.rpc,
    errors = coreErrors,
    report = () => undefined,
    admit,
    mayCall,
    allowBatching = true,
    maxBatchSize = MAX_BATCH_SIZE,
    allowMethodOverride = false,
    responseMeta,
  }: RpcOptions<C> = {},
): Surface<C> {
  const wire = wireOf(router);
  const separator = separatorOf(router);
  const targets = targetsOf(router, wire);
  const accepts = acceptsOf(allowMethodOverride);
  const adapterOptions = { base, allowMethodOverride, responseMeta };
  const dispatch = compileDispatch<C>(router, wire, targets, { accepts, responseMeta, report });
  const runAdapter = compileAdapter<C>(router, { ...adapterOptions, wire, errors }, report);

  /**
   * Counts the calls of a request. A rejected call still reaches its procedure, which reports the rejection.
   * @param targets the procedure of each call; `undefined` if it does not exist.
   * @returns true if the input of at least one call is needed.
   * @throws {ApiError} if all calls are rejected and at least one does not reach a procedure.
   */
  function needsInput(call: Call<C>, targets: readonly (Target | undefined)[]): Eventual<boolean> {
    if (!admit && !mayCall) return true;
    const called = targets.map((target) => target?.called);
    return andThen(admit?.(call, called) ?? [], (rejections) => {
      const [rejection] = rejections;
      if (rejection && rejections.every(Boolean)) {
        if (targets.includes(undefined)) throw rejection;
        const { retryAfter } = rejection.options;
        if (retryAfter !== undefined) call.responseHeaders.set('retry-after', String(retryAfter));
      }
      return mayCallAny(
        call,
        called.filter((one, index) => one && !rejections[index]),
      );
    });
  }

  /** True if the caller may call one of several procedures, as far as `mayCall` knows before a procedure runs. */
  function mayCallAny(
    call: Call<C>,
    [first, ...others]: readonly (CalledProcedure | undefined)[],
  ): Eventual<boolean> {
    if (!first) return false;
    const isAllowed = rescue(
      () => andThen(mayCall?.(call, first, 'rpc'), () => true),
      () => false,
    );
    return andThen(isAllowed, (allowed) => allowed || mayCallAny(call, others));
  }

  /** Rejects a batch that is too large, or any batch if batching is disabled. */
  async function rejectBatch(call: Call<C>, path: RpcPath): Promise<ApiResponse> {
    await admitOne(admit, call);
    if (allowBatching) return rejectLargeBatch(router, call, path, { ...adapterOptions, maxBatchSize });
    // The same message as that of tRPC's adapter.
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batching is not enabled on the server' });
  }

  /** Serves a call whose input is not JSON. */
  async function serveRaw(call: Call<C>, path: RpcPath, type: RawType): Promise<ApiResponse> {
    const [target] = path.isBatch ? [] : targetsFor(call, path);
    if (!target) throw onlyJson();
    const uploads = new Uploads();
    const inputs = new Later(async () => singleInput(await target.readRaw(call, type, uploads)));
    try {
      call.describe(() => describeRequest(call, { path, targets, connectionParams: null, inputs }));
      const isNeeded = await needsInput(call, [target]);
      const response = await runAdapter(call, isNeeded ? await inputs.read() : singleInput(undefined));
      return await uploads.removeAfter(response, call.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  }

  /** Serves calls whose inputs are JSON. */
  function serveJson(call: Call<C>, path: RpcPath): Eventual<ApiResponse> {
    const called = targetsFor(call, path);
    const parse = (text: string | Uint8Array | null) => {
      if (text === null) return readInputs(undefined, path, 0, wire);
      const { json, values } = parseCounted(text, { maxValues: maxValuesOf(called) });
      return readInputs(json, path, values, wire);
    };
    const inputs = new Later(() =>
      call.method === 'POST' ? andThen(readBody(call), parse) : parse(call.searchParams.get('input')),
    );
    const connectionParams = connectionParamsOf(call);
    call.describe(() => describeRequest(call, { path, targets, connectionParams, inputs }));
    return andThen(needsInput(call, called), (isNeeded) =>
      andThen<Inputs, ApiResponse>(
        isNeeded ? inputs.read() : parse(null),
        (read) => dispatch(call, path, read) ?? runAdapter(call, read),
      ),
    );
  }

  /** Returns the procedures that a request calls; `undefined` for one that its method cannot call. */
  const targetsFor = ({ method }: Call<C>, { names }: RpcPath) =>
    names.map((name) => {
      const target = targets.get(name);
      return target && accepts(method, target.type) ? target : undefined;
    });

  return (call) => {
    const raw = checkRequest(call);
    const path = parseRpcPath(call, base, separator);
    if (path.names.length > maxBatchSize || (path.isBatch && !allowBatching)) return rejectBatch(call, path);
    return andThen(targets.load?.(path.names), () =>
      raw ? serveRaw(call, path, raw) : serveJson(call, path),
    );
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
