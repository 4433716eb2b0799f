import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server';
import type { AppError } from '#server/errors';
import type { Endpoint } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { locationOf, nextLink, type RestContext, successHeaders, type TextAnswer } from './output.ts';
import { eventsResponse, LINES_TYPE, linesResponse, piecesResponse, type StreamCall } from './streaming.ts';

/** A call of an endpoint, with its input as the procedure gets it. */
export interface EndpointCall<C extends RestContext> {
  router: AnyTRPCRouter;
  endpoint: Endpoint;
  /** The media type to answer with. */
  produces: string | null;
  /** Serves GET on the same path. */
  getter: Endpoint | undefined;
  input: unknown;
  url: URL;
  context: C;
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: ((error: AppError, context: C) => void) | undefined;
}

type Places = Pick<EndpointCall<RestContext>, 'endpoint' | 'getter'>;

/** Calls a procedure. @throws what it throws. */
export function callEndpoint(
  router: AnyTRPCRouter,
  { name: path, type }: Endpoint,
  input: unknown,
  ctx: RestContext,
  signal = ctx.request.signal,
): Promise<unknown> {
  const getRawInput = () => Promise.resolve(input);
  return callTRPCProcedure({ router, path, type, ctx, getRawInput, signal, batchIndex: 0 });
}

/** Calls the procedure of an endpoint and makes its answer. @throws what the procedure throws. */
export async function answer<C extends RestContext>(call: EndpointCall<C>): Promise<TextAnswer | Response> {
  const { router, endpoint, input, url, context, produces } = call;
  const { rest, status } = endpoint;
  if (rest.sse || rest.stream) return streamedAnswer(call);
  const output = await callEndpoint(router, endpoint, input, context);
  const headers = successHeaders(context);
  if (rest.location) headers.set('location', locationOf(rest.location, output));
  if (produces === null || output === undefined) {
    return { status: status === 200 ? 204 : status, headers, text: null };
  }
  const link = nextLink(url, output);
  if (link) headers.append('link', link);
  headers.set('content-type', produces);
  const text = endpoint.write(output);
  if (status === 200) describeState(call, headers, text);
  return { status, headers, text };
}

/** Names the state that is shown. What changes a resource and answers as its GET does shows the new state. */
function describeState({ endpoint, getter }: Places, headers: Headers, text: string): void {
  if (endpoint === getter) headers.set('cache-control', 'private, no-cache');
  else if (endpoint.method === 'POST' || !getter?.output || getter.output !== endpoint.output) return;
  headers.set('etag', etagOf(text));
}

async function streamedAnswer<C extends RestContext>(call: EndpointCall<C>): Promise<Response> {
  const { router, endpoint, input, context, onStreamError } = call;
  const reader = new AbortController();
  const signal = AbortSignal.any([context.request.signal, reader.signal]);
  const output = await callEndpoint(router, endpoint, input, context, signal);
  const stream: StreamCall = {
    requestId: context.request.id,
    signal,
    stop: () => reader.abort(),
    headers: successHeaders(context),
    onError: (error) => onStreamError?.(error, context),
  };
  const { stream: mediaType } = endpoint.rest;
  if (mediaType) return piecesResponse(output, mediaType, stream);
  stream.headers.set('vary', 'Accept');
  return call.produces === LINES_TYPE ? linesResponse(output, stream) : eventsResponse(output, stream);
}
