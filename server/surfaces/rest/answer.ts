import type { Invoke } from '#server/call';
import type { AppError } from '#server/errors';
import { untilRevoked } from '#server/people/context';
import type { Endpoint } from './endpoint.ts';
import { etagOf } from './etag.ts';
import type { ReadInput } from './input.ts';
import { locationOf, nextLink, type RestContext, successHeaders, type TextAnswer } from './output.ts';
import { eventsResponse, LINES_TYPE, linesResponse, piecesResponse, type StreamCall } from './streaming.ts';

/** An endpoint with what is compiled for it. */
export interface Operation {
  endpoint: Endpoint;
  readInput: ReadInput;
  invoke: Invoke;
  /** The JSON of an output. */
  encode: (output: unknown) => string;
}

/** A call of an endpoint, with its input as the procedure gets it. */
export interface EndpointCall<C extends RestContext> {
  operation: Operation;
  /** The media type to answer with. */
  produces: string | null;
  /** Serves GET on the same path. */
  getter: Operation | undefined;
  input: unknown;
  url: URL;
  context: C;
  /** Told what went wrong in a streamed answer after its status was sent. */
  onStreamError?: ((error: AppError, context: C) => void) | undefined;
}

/** Calls the procedure of an endpoint. @throws what it throws. */
export function callEndpoint(
  { endpoint: { name: path, type }, invoke }: Operation,
  input: unknown,
  ctx: RestContext,
  signal = ctx.request.signal,
): Promise<unknown> {
  const getRawInput = () => Promise.resolve(input);
  return invoke({ path, type, ctx, getRawInput, signal, batchIndex: 0 });
}

/** Calls the procedure of an endpoint and makes its answer. @throws what the procedure throws. */
export async function answer<C extends RestContext>(call: EndpointCall<C>): Promise<TextAnswer | Response> {
  const { operation, input, url, context, produces } = call;
  const { rest, status } = operation.endpoint;
  if (rest.sse || rest.stream) return streamedAnswer(call);
  const output = await callEndpoint(operation, input, context);
  const headers = successHeaders(context);
  if (rest.location) headers.set('location', locationOf(rest.location, output));
  if (produces === null || output === undefined) {
    return { status: status === 200 ? 204 : status, headers, body: null };
  }
  const link = nextLink(url, output);
  if (link) headers.append('link', link);
  headers.set('content-type', produces);
  const body = operation.encode(output);
  if (status === 200) describeState(call, headers, body);
  return { status, headers, body };
}

/** Names the state that is shown. What changes a resource and answers as its GET does shows the new state. */
function describeState<C extends RestContext>(
  { operation, getter }: EndpointCall<C>,
  headers: Headers,
  body: string,
): void {
  const { method, output } = operation.endpoint;
  if (operation === getter) headers.set('cache-control', 'private, no-cache');
  else if (method === 'POST' || !output || getter?.endpoint.output !== output) return;
  headers.set('etag', etagOf(body));
}

async function streamedAnswer<C extends RestContext>(call: EndpointCall<C>): Promise<Response> {
  const { operation, input, context, onStreamError } = call;
  const reader = new AbortController();
  const signal = AbortSignal.any([context.request.signal, reader.signal]);
  const output = await callEndpoint(operation, input, context, untilRevoked(signal, context.revocation));
  const stream: StreamCall = {
    requestId: context.request.id,
    signal,
    stop: () => reader.abort(),
    headers: successHeaders(context),
    onError: (error) => onStreamError?.(error, context),
  };
  const { stream: mediaType } = operation.endpoint.rest;
  if (mediaType) return piecesResponse(output, mediaType, stream);
  stream.headers.set('vary', 'Accept');
  return call.produces === LINES_TYPE ? linesResponse(output, stream) : eventsResponse(output, stream);
}
