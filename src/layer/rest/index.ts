import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { compileCall } from '../call/compile.ts';
import { compileJson, toJson } from '../encode/json.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import { negotiate } from './accept.ts';
import { answer, callEndpoint, type Operation } from './answer.ts';
import { type Endpoint, endpointsOf, REST_PATH } from './endpoint.ts';
import { answerOnce, type ClaimKey, readIdempotencyKey } from './idempotency.ts';
import { compileInput } from './input.ts';
import type { TextResponse } from './output.ts';
import { type Atomically, check, nothingToMatch, readPrecondition, showsState } from './precondition.ts';
import { respond } from './respond.ts';
import { compileRoutes } from './routes.ts';
import { Uploads } from './uploads.ts';

export interface RestOptions<C extends object> {
  /** The errors of the API; default: those of the layer only. */
  errors?: Errors;
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: (error: ApiError, call: Call<C>) => void;
  /**
   * Called when the head of a request has been read and before its body is: counts the call, and throws an ApiError to reject
   * it. `endpoint` is absent for OPTIONS. Without `admit`, only the procedure checks its callers.
   */
  admit?: (call: Call<C>, endpoint?: Endpoint) => Promise<void>;
  /** Makes Idempotency-Key work; without it the header means nothing. */
  claimKey?: ClaimKey<C>;
  /** Makes If-Match safe; without it something can be changed between the comparison and the change. */
  atomically?: Atomically<C>;
}

/**
 * Serves every procedure with an `openapi` meta as plain JSON over HTTP, below REST_PATH.
 * The surface throws an ApiError for everything that is not a success.
 * @throws {Error} at once, for a procedure that cannot be served or two with the same address.
 */
export function createRestSurface<C extends object>(
  router: AnyTRPCRouter,
  {
    errors = coreErrors,
    onStreamError,
    admit,
    claimKey,
    atomically = (ctx, work) => work(ctx),
  }: RestOptions<C> = {},
): Surface<C> {
  const endpoints = endpointsOf(router);
  const findRoute = compileRoutes(endpoints);
  const operations = new Map<Endpoint, Operation>();
  for (const endpoint of endpoints) {
    const { procedure, output } = endpoint;
    operations.set(endpoint, {
      endpoint,
      readInput: compileInput(endpoint),
      invoke: compileCall(procedure),
      encode: output ? compileJson(output) : toJson,
    });
  }

  return async (call) => {
    const { request, url, responseHeaders, signal } = call;
    const match = findRoute(url.pathname.slice(REST_PATH.length));
    if (!match) throw new CoreError('NOT_FOUND', { detail: `There is nothing at ${url.pathname}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (request.method === 'OPTIONS') {
      await admit?.(call);
      return new Response(null, { status: 204, headers: { allow } });
    }
    const operationOf = (method: string) => {
      const endpoint = byMethod.get(method);
      return endpoint && operations.get(endpoint);
    };
    const operation = operationOf(request.method === 'HEAD' ? 'GET' : request.method);
    if (!operation) {
      throw new CoreError('METHOD_NOT_ALLOWED', { detail: `This path takes ${allow}.`, headers: { allow } });
    }
    const { endpoint, readInput } = operation;
    for (const [name, value] of endpoint.deprecationHeaders) responseHeaders.append(name, value);
    const produces = negotiate(endpoint, request.headers);
    const getter = operationOf('GET');
    const key = claimKey && endpoint.method !== 'GET' ? readIdempotencyKey(request.headers) : null;
    const precondition = readPrecondition(endpoint.method, request.headers);
    await admit?.(call, endpoint);
    const uploads = new Uploads();

    const perform = (input: unknown, as: Call<C>) =>
      answer({ operation, produces, getter, input, call: as, errors, onStreamError });
    /** The body of the answer to a GET of the same path. */
    async function current(as: Call<C>): Promise<string> {
      if (!getter || !showsState(getter.endpoint, endpoint)) throw nothingToMatch();
      const asked = await getter.readInput(request, new URL(url.pathname, url), match?.values ?? [], uploads);
      return getter.encode(await callEndpoint(getter, asked, as));
    }
    async function work(input: unknown): Promise<TextResponse | Response> {
      try {
        if (!precondition) return await perform(input, call);
        return await atomically(call.ctx, async (ctx) => {
          const inside = { ...call, ctx };
          await check(precondition, () => current(inside), errors);
          return perform(input, inside);
        });
      } catch (error) {
        throw errors.toError(error);
      }
    }
    try {
      const input = await readInput(request, url, match.values, uploads);
      const answered =
        claimKey && key !== null
          ? await answerOnce(claimKey, { key, endpoint, input, call, errors }, () => work(input))
          : await work(input);
      return await uploads.removeAfter(await respond(request, answered), signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  };
}
