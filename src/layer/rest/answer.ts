import { type Call, untilRevoked } from '../call/call.ts';
import type { Invoke } from '../call/compile.ts';
import type { HeaderList } from '../call/header-list.ts';
import type { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { etagOf } from '../http/etag.ts';
import type { Endpoint } from './endpoint.ts';
import type { ReadInput } from './input.ts';
import { locationOf, nextLink, successHeaders, type TextResponse } from './output.ts';
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
export interface EndpointCall<C extends object> {
  operation: Operation;
  /** The media type to answer with. */
  produces: string | null;
  /** Serves GET on the same path. */
  getter: Operation | undefined;
  input: unknown;
  call: Call<C>;
  ctx: C;
  /** The path that REST is served at. */
  base: string;
  errors: Errors;
  /** Told what went wrong in a streamed answer after its status was sent. */
  onError?: ((error: ApiError, call: Call<C>) => void) | undefined;
}

/** Calls the procedure of an endpoint. @throws what it throws. */
export function callEndpoint(
  { endpoint: { name: path, type }, invoke }: Operation,
  input: unknown,
  { ctx, signal }: { ctx: object; signal: AbortSignal },
): Promise<unknown> {
  const getRawInput = () => Promise.resolve(input);
  return invoke({ path, type, ctx, getRawInput, signal, batchIndex: 0 });
}

/** Calls the procedure of an endpoint and makes its answer. @throws what the procedure throws. */
export async function answer<C extends object>(asked: EndpointCall<C>): Promise<TextResponse | Response> {
  const { operation, input, call, ctx, base, produces } = asked;
  const { rest, status } = operation.endpoint;
  if (rest.sse || rest.stream) return streamedAnswer(asked);
  const output = await callEndpoint(operation, input, { ctx, signal: call.signal });
  const headers = successHeaders(call);
  if (rest.location) headers.set('location', locationOf(base, rest.location, output));
  if (produces === null || output === undefined) {
    return { status: status === 200 ? 204 : status, headers, body: null };
  }
  const link = nextLink(call, output);
  if (link) headers.append('link', link);
  headers.set('content-type', produces);
  const body = operation.encode(output);
  if (status === 200) describeState(asked, headers, body);
  return { status, headers, body };
}

/** Names the state that is shown. What changes a resource and answers as its GET does shows the new state. */
function describeState<C extends object>(
  { operation, getter }: EndpointCall<C>,
  headers: HeaderList,
  body: string,
): void {
  const { method, output } = operation.endpoint;
  if (operation === getter) headers.set('cache-control', 'private, no-cache');
  else if (method === 'POST' || !output || getter?.endpoint.output !== output) return;
  headers.set('etag', etagOf(body));
}

async function streamedAnswer<C extends object>(asked: EndpointCall<C>): Promise<Response> {
  const { operation, input, call, ctx, errors, onError } = asked;
  const reader = new AbortController();
  const signal = AbortSignal.any([call.signal, reader.signal]);
  const output = await callEndpoint(operation, input, {
    ctx,
    signal: untilRevoked(signal, call.revoked),
  });
  const stream: StreamCall = {
    requestId: call.id,
    errors,
    signal,
    stop: () => reader.abort(),
    headers: successHeaders(call),
    onError: (error) => onError?.(error, call),
  };
  const { stream: mediaType } = operation.endpoint.rest;
  if (mediaType) return piecesResponse(output, mediaType, stream);
  stream.headers.set('vary', 'Accept');
  return asked.produces === LINES_TYPE ? linesResponse(output, stream) : eventsResponse(output, stream);
}
