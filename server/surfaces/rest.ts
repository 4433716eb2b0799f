import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server';
import type { Context } from '#server/context';
import { AppError, toAppError } from '#server/errors';
import { acceptQuality } from './rest/accept.ts';
import { type Endpoint, endpointsOf, REST_PATH } from './rest/endpoint.ts';
import { compileInput, type ReadInput } from './rest/input.ts';
import { answerOnce, type ClaimKey, readIdempotencyKey } from './rest/idempotency.ts';
import {
  locationOf,
  nextLink,
  type RestContext,
  successHeaders,
  type TextAnswer,
  toJson,
} from './rest/output.ts';
import { compileRoutes } from './rest/routes.ts';
import { eventsResponse, piecesResponse, type StreamCall } from './rest/streaming.ts';

/** A call as this surface needs it; a `Call` of the handler is one. */
export interface RestCall<C extends RestContext> {
  request: Request;
  url: URL;
  context: C;
}

export interface RestOptions<C extends RestContext> {
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: (error: AppError, context: C) => void;
  /** Makes Idempotency-Key work; without it the header means nothing. */
  claimKey?: ClaimKey<C>;
}

/**
 * Serves every procedure with an `openapi` meta as plain JSON over HTTP, below REST_PATH.
 * The surface throws an AppError for everything that is not a success.
 * @throws {Error} at once, for a procedure that cannot be served or two with the same address.
 */
export function createRestSurface<C extends RestContext = Context>(
  router: AnyTRPCRouter,
  options: RestOptions<C> = {},
): (call: RestCall<C>) => Promise<Response> {
  const endpoints = endpointsOf(router);
  const findRoute = compileRoutes(endpoints);
  const readers = new Map<Endpoint, ReadInput>(
    endpoints.map((endpoint) => [endpoint, compileInput(endpoint)]),
  );

  return async (call) => {
    const { request, url } = call;
    const match = findRoute(url.pathname.slice(REST_PATH.length));
    if (!match) throw new AppError('NOT_FOUND', { detail: `There is nothing at ${url.pathname}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
    const endpoint = byMethod.get(request.method === 'HEAD' ? 'GET' : request.method);
    const readInput = endpoint && readers.get(endpoint);
    if (!readInput) {
      throw new AppError('METHOD_NOT_ALLOWED', { detail: `This path takes ${allow}.`, headers: { allow } });
    }
    checkAccept(endpoint, request.headers);
    const { claimKey } = options;
    const key = claimKey && endpoint.method !== 'GET' ? readIdempotencyKey(request.headers) : null;
    const input = await readInput(request, url, match.values);
    const work = () =>
      answer(router, endpoint, input, call, options).catch((error: unknown) => {
        throw toAppError(error);
      });
    const answered =
      claimKey && key !== null
        ? await answerOnce(claimKey, { key, endpoint, input, context: call.context }, work)
        : await work();
    const response = answered instanceof Response ? answered : new Response(answered.text, answered);
    return request.method === 'HEAD' ? withoutBody(response) : response;
  };
}

/** Problem documents are JSON too, so whoever takes those can read what JSON endpoints answer. */
function checkAccept({ produces }: Endpoint, headers: Headers): void {
  if (produces === null) return;
  const types = produces === 'application/json' ? [produces, 'application/problem+json'] : [produces];
  const accept = headers.get('accept');
  if (types.some((type) => acceptQuality(accept, type) > 0)) return;
  throw new AppError('NOT_ACCEPTABLE', { detail: `This path answers with ${produces}; accept that.` });
}

async function answer<C extends RestContext>(
  router: AnyTRPCRouter,
  endpoint: Endpoint,
  input: unknown,
  { url, context }: RestCall<C>,
  { onStreamError }: RestOptions<C>,
): Promise<TextAnswer | Response> {
  const { name: path, type, rest, status, produces } = endpoint;
  const reader = new AbortController();
  const signal = AbortSignal.any([context.request.signal, reader.signal]);
  const getRawInput = () => Promise.resolve(input);
  const call = { router, path, type, ctx: context, getRawInput, signal, batchIndex: 0 };
  const output: unknown = await callTRPCProcedure(call);
  const headers = successHeaders(context);
  const stream: StreamCall = {
    requestId: context.request.id,
    signal,
    stop: () => reader.abort(),
    headers,
    onError: (error) => onStreamError?.(error, context),
  };
  if (rest.sse) return eventsResponse(output, stream);
  if (rest.stream) return piecesResponse(output, rest.stream, stream);

  if (rest.location) headers.set('location', locationOf(rest.location, output));
  if (produces === null || output === undefined) {
    return { status: status === 200 ? 204 : status, headers, text: null };
  }
  const link = nextLink(url, output);
  if (link) headers.append('link', link);
  headers.set('content-type', produces);
  return { status, headers, text: toJson(output) };
}

/** The answer to HEAD: the same status and headers; a stream behind it is ended. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}
