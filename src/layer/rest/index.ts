import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { compileCall } from '../call/compile.ts';
import { emptyResponse } from '../call/response.ts';
import { compileJson, toJson } from '../encode/json.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import type { CalledProcedure, Gate } from '../gate.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { negotiate } from './accept.ts';
import { answer, callEndpoint, type Operation } from './answer.ts';
import { type Endpoint, endpointsOf } from './endpoint.ts';
import { answerOnce, type ClaimKey, readIdempotencyKey } from './idempotency.ts';
import { compileInput } from './input.ts';
import type { TextResponse } from './output.ts';
import { type Atomically, check, nothingToMatch, readPrecondition, showsState } from './precondition.ts';
import { respond } from './respond.ts';
import { compileRoutes } from './routes.ts';
import { Uploads } from './uploads.ts';

export interface RestOptions<C extends object> extends Gate<C> {
  /** The path to serve at. Default: `/api/v1`. */
  path?: string;
  /** The errors of the API; default: those of the layer only. */
  errors?: Errors;
  /** Called with the error of a stream that failed after its response had begun. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /** Makes Idempotency-Key work; without it, the header has no effect. */
  claimKey?: ClaimKey<C>;
  /** Makes If-Match safe; without it, a resource can be changed between the comparison and the change. */
  atomically?: Atomically<C>;
}

/**
 * Serves every procedure with an `openapi` meta as plain JSON over HTTP.
 * The surface throws an ApiError for everything that is not a success.
 * @throws {Error} at once, for a procedure that cannot be served or two with the same path and method.
 */
export function createRestSurface<C extends object>(
  router: AnyTRPCRouter,
  {
    path: base = DEFAULT_PATHS.rest,
    errors = coreErrors,
    onError,
    admit,
    mayCall,
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

  async function enter(call: Call<C>, called: CalledProcedure | undefined): Promise<void> {
    const [rejection] = (await admit?.(call, [called])) ?? [];
    if (rejection) throw rejection;
    if (called) await mayCall?.(call, called, 'rest');
  }

  return async (call) => {
    const { method, responseHeaders } = call;
    const match = findRoute(call.path.slice(base.length));
    if (!match) throw new CoreError('NOT_FOUND', { detail: `There is nothing at ${call.path}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (method === 'OPTIONS') {
      await enter(call, undefined);
      return emptyResponse(204, { allow });
    }
    const operationOf = (name: string) => {
      const endpoint = byMethod.get(name);
      return endpoint && operations.get(endpoint);
    };
    const operation = operationOf(method === 'HEAD' ? 'GET' : method);
    if (!operation) {
      throw new CoreError('METHOD_NOT_ALLOWED', { detail: `This path takes ${allow}.`, headers: { allow } });
    }
    const { endpoint, readInput } = operation;
    for (const [name, value] of endpoint.deprecationHeaders) responseHeaders.append(name, value);
    const produces = negotiate(endpoint, call);
    const getter = operationOf('GET');
    const key = claimKey && endpoint.method !== 'GET' ? readIdempotencyKey(call) : null;
    const precondition = readPrecondition(endpoint.method, call);
    await enter(call, endpoint);
    const created = call.context();
    const ctx = created instanceof Promise ? await created : created;
    const uploads = new Uploads();

    const perform = (input: unknown, as: C) =>
      answer({ operation, produces, getter, input, call, ctx: as, base, errors, onError });
    /** Returns the body of the response to a GET of the same path. */
    async function current(as: C): Promise<string> {
      if (!getter || !showsState(getter.endpoint, endpoint)) throw nothingToMatch();
      const asked = await getter.readInput(call, '', match?.values ?? [], uploads);
      return getter.encode(await callEndpoint(getter, asked, { ctx: as, signal: call.signal }));
    }
    async function work(input: unknown): Promise<TextResponse | Response> {
      try {
        if (!precondition) return await perform(input, ctx);
        return await atomically(ctx, async (inside) => {
          await check(precondition, () => current(inside), errors);
          return perform(input, inside);
        });
      } catch (error) {
        throw errors.toError(error);
      }
    }
    try {
      const input = await readInput(call, call.query, match.values, uploads);
      const answered =
        claimKey && key !== null
          ? await answerOnce(claimKey, { key, endpoint, input, call, ctx, errors }, () => work(input))
          : await work(input);
      return await uploads.removeAfter(await respond(call, answered), call.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  };
}
