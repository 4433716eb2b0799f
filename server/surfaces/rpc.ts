import { type AnyTRPCRouter, getTRPCErrorShape } from '@trpc/server';
import superjson from 'superjson';
import { ERRORS } from '#contract/errors';
import type { Context } from '#server/context';
import { AppError, toAppError } from '#server/errors';
import { mediaType, parseCounted, parseJson, readBody } from '#server/http';
import type { Surface } from '#server/surfaces/surface';
import { compileAdapter } from './rpc/adapter.ts';
import { readAddress, type Target, targetsOf } from './rpc/address.ts';
import { compileDispatch } from './rpc/dispatch.ts';
import { compileMaxValues, readInputs } from './rpc/inputs.ts';

/** An error in the form tRPC clients read, for what is refused before any procedure is reached. */
export function rpcFailure(router: AnyTRPCRouter, error: AppError, ctx: Context): Response {
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

/**
 * The tRPC protocol: what is common in it is answered by `compileDispatch`, the rest by tRPC's fetch adapter, with the
 * adapter's open ends closed: JSON bodies only (other types let foreign pages send mutations without asking), a limited
 * and not too deep body, and a limited batch.
 * @param onFailure told of every error, for the log.
 */
export function createRpcSurface(
  router: AnyTRPCRouter,
  onFailure: (error: AppError, context: Context) => void,
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

  return async (call) => {
    const { request, url, context } = call;
    checkMethod(request);
    const address = readAddress(url);
    const called = address.names.map((name) => targetFor(request, targets.get(name)));
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

/** @throws {AppError} METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE */
function checkMethod({ method, headers }: Request): void {
  if (method !== 'POST' && method !== 'GET' && method !== 'HEAD') {
    throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD, POST' } });
  }
  if (method === 'POST' && mediaType(headers) !== 'application/json') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      detail: 'Send the content type application/json.',
      headers: { accept: 'application/json' },
    });
  }
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
