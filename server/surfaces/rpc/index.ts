import { type AnyTRPCRouter, getTRPCErrorShape } from '@trpc/server';
import superjson from 'superjson';
import { ERRORS } from '#contract/errors';
import { AppError, toAppError } from '#server/errors';
import { mediaType, parseCounted, parseJson, readBody } from '#server/http';
import { MAX_BATCH_SIZE } from '#server/limits';
import type { Context } from '#server/people/context';
import type { Answer } from '#server/reply';
import { Uploads } from '#server/surfaces/rest/uploads';
import type { Call, Surface } from '#server/surfaces/surface';
import { compileAdapter } from './adapter.ts';
import { compileDispatch } from './dispatch.ts';
import { compileMaxValues, readInputs } from './inputs.ts';
import { rejectLargeBatch } from './large-batch.ts';
import { parseRpcPath } from './path.ts';
import { givenInput, onlyJson, type RawType, rawTypeOf } from './raw-input.ts';
import { type Target, targetsOf } from './targets.ts';

/** An error in the form tRPC clients read, for what is refused before any procedure is reached. */
export function rpcFailure(router: AnyTRPCRouter, error: AppError, ctx: Pick<Context, 'request'>): Response {
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
      status: ERRORS[error.kind].status,
      headers: { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
    },
  );
}

export interface RpcOptions {
  /** How many calls a batch may carry. */
  maxBatchSize?: number;
}

/**
 * The tRPC protocol: what is common in it is answered by `compileDispatch`, the rest by tRPC's fetch adapter, with the
 * adapter's open ends closed: a limited and not too deep body, a limited batch, and other bodies than JSON, which foreign
 * pages can send without asking, for those procedures only whose parsers take them.
 * @param onFailure told of every error, for the log.
 */
export function createRpcSurface(
  router: AnyTRPCRouter,
  onFailure: (error: AppError, context: Context) => void,
  { maxBatchSize = MAX_BATCH_SIZE }: RpcOptions = {},
): Surface {
  const targets = targetsOf(router);
  const dispatch = compileDispatch(router, targets, (error, context) => {
    onFailure(toAppError(error), context);
  });
  const answerByAdapter = compileAdapter(router, onFailure);
  const maxValuesOf = compileMaxValues(router);
  const lazyNames = Object.keys(router._def.lazy);
  /** True for a procedure that is not loaded at the start, of which nothing is known here. */
  const isLazy = (path: string) => lazyNames.some((name) => path === name || path.startsWith(`${name}.`));

  /** Answers a call whose input is not JSON. */
  async function answerRaw(call: Call, target: Target | undefined, type: RawType): Promise<Answer> {
    const { request, context } = call;
    if (!target) throw onlyJson();
    const isRead = await admit(context, [target]);
    const uploads = new Uploads();
    try {
      const input = isRead ? await target.readRaw(request, type, uploads) : undefined;
      const response = await answerByAdapter(call, givenInput(input));
      return await uploads.removeAfter(response, context.request.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  }

  return async (call) => {
    const { request, url, context } = call;
    const raw = checkRequest(request);
    const address = parseRpcPath(url);
    if (address.names.length > maxBatchSize) return rejectLargeBatch(router, call, address, maxBatchSize);
    const called = address.names.map((name) => targetFor(request, targets.get(name)));
    if (raw) return answerRaw(call, address.isBatch ? undefined : called[0], raw);
    const readsInput = (await admit(context, called)) || address.names.some(isLazy);
    const limits = { maxValues: maxValuesOf(address) };
    let text: string | Uint8Array | null = null;
    if (readsInput)
      text = request.method === 'POST' ? await readBody(request) : url.searchParams.get('input');
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
 * @throws {AppError} METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE
 */
function checkRequest({ method, headers }: Request): RawType | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD, POST' } });
  const type = mediaType(headers);
  if (type === 'application/json') return undefined;
  const raw = rawTypeOf(type);
  if (!raw) throw onlyJson();
  return raw;
}

/** Returns the procedure if its type goes with the request's method. */
const targetFor = ({ method }: Request, target: Target | undefined) =>
  (target?.type === 'mutation') === (method === 'POST') ? target : undefined;

/**
 * Counts the calls of a request. The procedures report which of them are rejected.
 * @param targets what each of them calls; `undefined` for nothing.
 * @returns true if the input of at least one call is needed.
 * @throws {AppError} TOO_MANY_REQUESTS if all are rejected and not all reach a procedure.
 */
async function admit(
  { admission, identify, responseHeaders }: Context,
  targets: readonly (Target | undefined)[],
): Promise<boolean> {
  const rejections = await admission.admit(targets.map((target) => target?.counted));
  const [rejection] = rejections;
  if (rejection && rejections.every(Boolean)) {
    if (targets.includes(undefined)) throw rejection;
    responseHeaders.set('retry-after', String(rejection.options.retryAfter));
  }
  const actor = await identify();
  return targets.some(
    (target, index) => target && !rejections[index] && (actor !== null || !target.needsActor),
  );
}
