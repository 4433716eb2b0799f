import type { AnyTRPCRouter } from '@trpc/server';
import { compileCall } from '#server/call';
import { compileJson, toJson } from '#server/encode/json';
import { AppError, toAppError } from '#server/errors';
import type { Context } from '#server/people/context';
import type { Answer } from '#server/reply';
import { negotiate } from './accept.ts';
import { answer, callEndpoint, type Operation } from './answer.ts';
import { type Endpoint, endpointsOf, REST_PATH } from './endpoint.ts';
import { answerOnce, type ClaimKey, readIdempotencyKey } from './idempotency.ts';
import { compileInput } from './input.ts';
import type { RestContext, TextAnswer } from './output.ts';
import { type Atomically, check, nothingToMatch, readPrecondition, showsState } from './precondition.ts';
import { respond } from './respond.ts';
import { compileRoutes } from './routes.ts';
import { Uploads } from './uploads.ts';

/** A call as this surface needs it; a `Call` of the handler is one. */
export interface RestCall<C extends RestContext> {
  request: Request;
  url: URL;
  context: C;
}

export interface RestOptions<C extends RestContext> {
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: (error: AppError, context: C) => void;
  /**
   * Called when the head of a request has been read and before its body is: counts the call, and throws an AppError to reject
   * it. `endpoint` is absent for OPTIONS. Without `admit`, only the procedure checks its callers.
   */
  admit?: (context: C, endpoint?: Endpoint) => Promise<void>;
  /** Makes Idempotency-Key work; without it the header means nothing. */
  claimKey?: ClaimKey<C>;
  /** Makes If-Match safe; without it something can be changed between the comparison and the change. */
  atomically?: Atomically<C>;
}

/**
 * Serves every procedure with an `openapi` meta as plain JSON over HTTP, below REST_PATH.
 * The surface throws an AppError for everything that is not a success.
 * @throws {Error} at once, for a procedure that cannot be served or two with the same address.
 */
export function createRestSurface<C extends RestContext = Context>(
  router: AnyTRPCRouter,
  { onStreamError, admit, claimKey, atomically = (context, work) => work(context) }: RestOptions<C> = {},
): (call: RestCall<C>) => Promise<Answer> {
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

  return async ({ request, url, context }) => {
    const match = findRoute(url.pathname.slice(REST_PATH.length));
    if (!match) throw new AppError('NOT_FOUND', { detail: `There is nothing at ${url.pathname}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (request.method === 'OPTIONS') {
      await admit?.(context);
      return new Response(null, { status: 204, headers: { allow } });
    }
    const operationOf = (method: string) => {
      const endpoint = byMethod.get(method);
      return endpoint && operations.get(endpoint);
    };
    const operation = operationOf(request.method === 'HEAD' ? 'GET' : request.method);
    if (!operation) {
      throw new AppError('METHOD_NOT_ALLOWED', { detail: `This path takes ${allow}.`, headers: { allow } });
    }
    const { endpoint, readInput } = operation;
    for (const [name, value] of endpoint.notices) context.responseHeaders.append(name, value);
    const produces = negotiate(endpoint, request.headers);
    const getter = operationOf('GET');
    const key = claimKey && endpoint.method !== 'GET' ? readIdempotencyKey(request.headers) : null;
    const precondition = readPrecondition(endpoint.method, request.headers);
    await admit?.(context, endpoint);
    const uploads = new Uploads();

    const perform = (input: unknown, as: C) =>
      answer({ operation, produces, getter, input, url, context: as, onStreamError });
    /** The body of the answer to a GET of the same path. */
    async function current(as: C): Promise<string> {
      if (!getter || !showsState(getter.endpoint, endpoint)) throw nothingToMatch();
      const asked = await getter.readInput(request, new URL(url.pathname, url), match?.values ?? [], uploads);
      return getter.encode(await callEndpoint(getter, asked, as));
    }
    async function work(input: unknown): Promise<TextAnswer | Response> {
      try {
        if (!precondition) return await perform(input, context);
        return await atomically(context, async (inside) => {
          await check(precondition, () => current(inside));
          return perform(input, inside);
        });
      } catch (error) {
        throw toAppError(error);
      }
    }
    try {
      const input = await readInput(request, url, match.values, uploads);
      const answered =
        claimKey && key !== null
          ? await answerOnce(claimKey, { key, endpoint, input, context }, () => work(input))
          : await work(input);
      return await uploads.removeAfter(await respond(request, answered), context.request.signal);
    } catch (error) {
      await uploads.remove();
      throw error;
    }
  };
}
