import type { AnyTRPCRouter } from '@trpc/server';
import type { Context } from '#server/context';
import { AppError, toAppError } from '#server/errors';
import { mediaType } from '#server/http';
import { negotiate } from './rest/accept.ts';
import { answer, callEndpoint } from './rest/answer.ts';
import { type Endpoint, endpointsOf, REST_PATH } from './rest/endpoint.ts';
import { answerOnce, type ClaimKey, readIdempotencyKey } from './rest/idempotency.ts';
import { compileInput, type ReadInput } from './rest/input.ts';
import type { RestContext, TextAnswer } from './rest/output.ts';
import { type Atomically, check, nothingToMatch, readPrecondition, showsState } from './rest/precondition.ts';
import { respond } from './rest/respond.ts';
import { compileRoutes } from './rest/routes.ts';
import { Uploads } from './rest/uploads.ts';

/** A call as this surface needs it; a `Call` of the handler is one. */
export interface RestCall<C extends RestContext> {
  request: Request;
  url: URL;
  context: C;
}

export interface RestOptions<C extends RestContext> {
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: (error: AppError, context: C) => void;
  /** Whether a call comes from somebody; without it nobody is refused before the procedure has a look. */
  isKnown?: (context: C) => Promise<boolean>;
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
  { onStreamError, isKnown, claimKey, atomically = (context, work) => work(context) }: RestOptions<C> = {},
): (call: RestCall<C>) => Promise<Response> {
  const endpoints = endpointsOf(router);
  const findRoute = compileRoutes(endpoints);
  const readers = new Map<Endpoint, ReadInput>(
    endpoints.map((endpoint) => [endpoint, compileInput(endpoint)]),
  );

  return async ({ request, url, context }) => {
    const match = findRoute(url.pathname.slice(REST_PATH.length));
    if (!match) throw new AppError('NOT_FOUND', { detail: `There is nothing at ${url.pathname}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
    const endpoint = byMethod.get(request.method === 'HEAD' ? 'GET' : request.method);
    const readInput = endpoint && readers.get(endpoint);
    if (!readInput) {
      throw new AppError('METHOD_NOT_ALLOWED', { detail: `This path takes ${allow}.`, headers: { allow } });
    }
    for (const [name, value] of endpoint.notices) context.responseHeaders.append(name, value);
    const produces = negotiate(endpoint, request.headers);
    const getter = byMethod.get('GET');
    const key = claimKey && endpoint.method !== 'GET' ? readIdempotencyKey(request.headers) : null;
    const precondition = readPrecondition(endpoint.method, request.headers);
    const uploads = new Uploads();
    // The procedure asks who calls when its input has been read, and files that come in a form are on the disk by then.
    if (isKnown && endpoint.access !== 'anyone' && mediaType(request.headers) === 'multipart/form-data') {
      if (!(await isKnown(context))) throw new AppError('UNAUTHORIZED');
    }

    const perform = (input: unknown, as: C) =>
      answer({ router, endpoint, produces, getter, input, url, context: as, onStreamError });
    /** The body of the answer to a GET of the same path. */
    async function current(as: C): Promise<string> {
      const readGet = getter && endpoint !== undefined && showsState(getter, endpoint) && readers.get(getter);
      if (!readGet) throw nothingToMatch();
      const asked = await readGet(request, new URL(url.pathname, url), match?.values ?? [], uploads);
      return getter.write(await callEndpoint(router, getter, asked, as));
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
