import { anySignal } from '../call/any-signal.ts';
import { type Call, untilRevoked } from '../call/call.ts';
import type { Invoke } from '../call/compile.ts';
import { andThen, type Eventual } from '../call/eventual.ts';
import type { HeaderList } from '../call/header-list.ts';
import type { Report } from '../call/report.ts';
import type { Errors } from '../errors/define.ts';
import { etagOf } from '../http/etag.ts';
import type { Endpoint } from './endpoint.ts';
import type { ReadInput } from './input.ts';
import { locationOf, nextLink, successHeaders, type TextResponse } from './output.ts';
import { chunkedResponse, eventsResponse, LINES_TYPE, linesResponse, type StreamCall } from './streaming.ts';

/** An endpoint with its compiled functions. */
export interface Operation {
  endpoint: Endpoint;
  readInput: ReadInput;
  invoke: Invoke;
  /** Returns the JSON of an output. */
  encode: (output: unknown) => string;
}

/** A call of an endpoint, with the input of its procedure. */
export interface EndpointCall<C extends object> {
  operation: Operation;
  /** The media type of the response; `null` if it has no body. */
  produces: string | null;
  /** The operation that serves GET on the same path. */
  getter: Operation | undefined;
  input: unknown;
  call: Call<C>;
  ctx: C;
  /** The path of the REST surface. */
  base: string;
  errors: Errors;
  /** Called with the error of a stream that failed after its status was sent. */
  report?: Report<C> | undefined;
}

/** Calls the procedure of an endpoint. @returns its output. @throws the errors of the procedure. */
export function callEndpoint(
  { endpoint: { name: path, type }, invoke }: Operation,
  input: unknown,
  { ctx, signal }: { ctx: object; signal: AbortSignal },
): Eventual<unknown> {
  return invoke({ path, type, ctx, readInput: () => input, signal, batchIndex: 0 });
}

/** Calls the procedure of an endpoint and creates the response. @throws the errors of the procedure. */
export function createResponse<C extends object>(
  endpointCall: EndpointCall<C>,
): Eventual<TextResponse | Response> {
  const { operation, input, call, ctx } = endpointCall;
  const { rest } = operation.endpoint;
  if (rest.sse || rest.stream) return createStream(endpointCall);
  return andThen(callEndpoint(operation, input, { ctx, signal: call.signal }), (output) =>
    responseOf(output, endpointCall),
  );
}

/** Returns the response with the output of a procedure. */
function responseOf<C extends object>(output: unknown, endpointCall: EndpointCall<C>): TextResponse {
  const { operation, call, base, produces } = endpointCall;
  const { rest, status } = operation.endpoint;
  const headers = successHeaders(call);
  if (rest.location) headers.set('location', locationOf(call.publicPath + base, rest.location, output));
  if (produces === null || output === undefined) {
    return { status: status === 200 ? 204 : status, headers, body: null };
  }
  const link = nextLink(call, output);
  if (link) headers.append('link', link);
  headers.set('content-type', produces);
  const body = operation.encode(output);
  if (status === 200) describeState(endpointCall, headers, body);
  return { status, headers, body };
}

/**
 * Sets the ETag of the state in a response: of a GET, and of a change that returns the same output as the GET of its
 * path.
 */
function describeState<C extends object>(
  { operation, getter }: EndpointCall<C>,
  headers: HeaderList,
  body: string,
): void {
  const { method, output } = operation.endpoint;
  if (operation === getter) headers.setValid('cache-control', 'private, no-cache');
  else if (method === 'POST' || !output || getter?.endpoint.output !== output) return;
  headers.setValid('etag', etagOf(body));
}

async function createStream<C extends object>(endpointCall: EndpointCall<C>): Promise<Response> {
  const { operation, input, call, ctx, errors, report } = endpointCall;
  const { name: path, type } = operation.endpoint;
  const reader = new AbortController();
  const signal = anySignal(call.signal, reader.signal);
  const output = await callEndpoint(operation, input, {
    ctx,
    signal: untilRevoked(signal, call.revocation.signal),
  });
  const stream: StreamCall = {
    requestId: call.id,
    errors,
    signal,
    stop: () => reader.abort(),
    headers: successHeaders(call),
    onError: (error) => report?.(error, call, { path, type, input }),
  };
  const { stream: mediaType } = operation.endpoint.rest;
  if (mediaType) return chunkedResponse(output, mediaType, stream);
  stream.headers.set('vary', 'Accept');
  return endpointCall.produces === LINES_TYPE
    ? linesResponse(output, stream)
    : eventsResponse(output, stream);
}
