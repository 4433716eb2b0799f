import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from '../call/call.ts';
import { compileCall } from '../call/compile.ts';
import { andThen, type Eventual, rescue } from '../call/eventual.ts';
import { Later } from '../call/later.ts';
import { whenLoaded } from '../call/lazy.ts';
import type { Report } from '../call/report.ts';
import { type ApiResponse, emptyResponse } from '../call/response.ts';
import { compileJson, toJson } from '../encode/json.ts';
import { CoreError } from '../errors/api-error.ts';
import { coreErrors, type Errors } from '../errors/define.ts';
import { admitOne, type CalledProcedure, type Gate } from '../gate.ts';
import { once, oncePer } from '../once.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { negotiate } from './accept.ts';
import { successorLink, successors } from './deprecation.ts';
import { type Endpoint, type EndpointOptions, endpointsOf } from './endpoint.ts';
import { type IdempotencyOptions, readIdempotencyKey, respondOnce } from './idempotency.ts';
import { describeRequest } from './info.ts';
import { compileInput } from './input.ts';
import type { TextResponse } from './output.ts';
import {
  type Atomically,
  check,
  nothingToMatch,
  type Precondition,
  readPrecondition,
  showsState,
} from './precondition.ts';
import { respond } from './respond.ts';
import { callEndpoint, createResponse, type Operation } from './response.ts';
import { compileRoutes, type RouteMatch } from './routes.ts';
import { Uploads } from './uploads.ts';

/** The options of `createRestSurface`. */
export interface RestOptions<C extends object> extends Gate<C>, Pick<EndpointOptions, 'unnamed'> {
  /** The path to serve at. Default: `/api/v1`. */
  path?: string;
  /** The errors of the API, from `defineErrors`. Default: those of the layer only. */
  errors?: Errors;
  /** Called with the error of a stream that failed after its response had started. */
  report?: Report<C>;
  /** How to store the responses of requests with the header Idempotency-Key. Without it, the header has no effect. */
  idempotency?: IdempotencyOptions<C>;
  /**
   * Runs a conditional change in one transaction. Without it, a resource can change between the comparison and the
   * change.
   */
  atomically?: Atomically<C>;
}

/**
 * Creates the REST surface of a router: it serves every procedure with an `openapi` meta as plain JSON over HTTP.
 *
 * It reads input from the path, the query, headers and the body (JSON, URL-encoded or multipart), and supports ETag,
 * If-Match and If-None-Match (RFC 9110), Idempotency-Key, compression and streams.
 * @returns a function from a call to its response. It throws an ApiError for every response that is not a success;
 *   `problem` turns that into a problem document.
 * @throws {Error} at once, for a procedure that cannot be served, or for two procedures with the same path and method.
 *   If the router has lazy routers, each call throws it instead, because they are loaded at the first call.
 */
export function createRestSurface<C extends object>(
  router: AnyTRPCRouter,
  {
    path: base = DEFAULT_PATHS.rest,
    errors = coreErrors,
    report,
    admit,
    mayCall,
    idempotency,
    atomically = (ctx, work) => work(ctx),
    unnamed = false,
  }: RestOptions<C> = {},
): Surface<C> {
  const whenCompiled = whenLoaded(router, () => compileOperations(endpointsOf(router, { unnamed })));

  function enter(call: Call<C>, called: CalledProcedure | undefined): Eventual<void> {
    return andThen(admitOne(admit, call, called), () => called && mayCall?.(call, called, 'rest'));
  }

  function serve(
    call: Call<C>,
    { findRoute, operationFor, successorLinkOf }: Compiled,
  ): Eventual<ApiResponse> {
    const { method, responseHeaders } = call;
    const match = findRoute(call.path.slice(base.length));
    if (!match) throw new CoreError('NOT_FOUND', { detail: `No operation has the path ${call.path}.` });
    const { endpoints: byMethod, allow } = match.route;
    if (method === 'OPTIONS') return andThen(enter(call, undefined), () => emptyResponse(204, { allow }));
    const operationOf = (name: string) => {
      const endpoint = byMethod.get(name);
      return endpoint && operationFor(endpoint);
    };
    const operation = operationOf(method === 'HEAD' ? 'GET' : method);
    if (!operation) {
      throw new CoreError('METHOD_NOT_ALLOWED', {
        detail: `This path supports ${allow}.`,
        headers: { allow },
      });
    }
    const { endpoint, readInput } = operation;
    for (const [name, value] of endpoint.deprecationHeaders) responseHeaders.append(name, value);
    const link = successorLinkOf(endpoint, call.publicPath + base, match.values);
    if (link !== null) responseHeaders.append('link', link);
    const produces = negotiate(endpoint, call);
    const getter = operationOf('GET');
    const key = idempotency && endpoint.method !== 'GET' ? readIdempotencyKey(call) : null;
    const precondition = readPrecondition(endpoint.method, call);
    const uploads = new Uploads();
    const input = new Later(() => readInput(call, call.query, match.values, uploads));
    call.describe(() => describeRequest(call, endpoint, input));

    const perform = (input: unknown, as: C) =>
      createResponse({ operation, produces, getter, input, call, ctx: as, base, errors, report });
    /** Returns the body of the response to a GET of the same path. */
    async function current(as: C): Promise<string> {
      if (!getter || !showsState(getter.endpoint, endpoint)) throw nothingToMatch();
      const input = await getter.readInput(call, '', match?.values ?? [], uploads);
      return getter.encode(await callEndpoint(getter, input, { ctx: as, signal: call.signal }));
    }
    /** Changes a resource if its state is as the caller expects. */
    const changeIf = (condition: Precondition, input: unknown, ctx: C) =>
      atomically(ctx, async (inside) => {
        await check(condition, () => current(inside), errors);
        return perform(input, inside);
      });
    const work = (input: unknown, ctx: C): Eventual<TextResponse | Response> =>
      rescue(
        () => (precondition ? changeIf(precondition, input, ctx) : perform(input, ctx)),
        (error) => {
          throw errors.toError(error);
        },
      );
    const answer = (value: unknown, ctx: C): Eventual<TextResponse | Response> =>
      idempotency && key !== null
        ? respondOnce(idempotency, { key, endpoint, input: value, call, ctx, errors }, async () =>
            work(value, ctx),
          )
        : work(value, ctx);
    const respondWith = (ctx: C) => {
      const answered = andThen(input.read(), (value) => answer(value, ctx));
      const response = andThen(answered, (text) => respond(call, text));
      return andThen(response, (sent) => uploads.removeAfter(sent, call.signal));
    };
    return rescue(
      () =>
        andThen(
          andThen(enter(call, endpoint), () => call.context()),
          respondWith,
        ),
      (error) =>
        andThen(uploads.remove(), () => {
          throw error;
        }),
    );
  }

  return (call) => andThen(whenCompiled(), (compiled) => serve(call, compiled));
}

/** The operations of a router and how to find them. */
interface Compiled {
  findRoute: (path: string) => RouteMatch | undefined;
  /** Returns the operation of an endpoint, which is compiled at its first call. */
  operationFor: (endpoint: Endpoint) => Operation;
  /** Returns the `Link` to the successor of an endpoint; `null` if there is none. */
  successorLinkOf: (endpoint: Endpoint, base: string, values: readonly string[]) => string | null;
}

function compileOperations(endpoints: Endpoint[]): Compiled {
  const routes = once(() => compileRoutes(endpoints));
  const successorOf = successors(endpoints);
  return {
    findRoute: (path) => routes()(path),
    operationFor: oncePer(compileOperation),
    successorLinkOf(endpoint, base, values) {
      const successor = endpoint.deprecation && successorOf(endpoint);
      return successor ? successorLink(base, endpoint, { values, successor }) : null;
    },
  };
}

const compileOperation = (endpoint: Endpoint): Operation => ({
  endpoint,
  readInput: compileInput(endpoint),
  invoke: compileCall(endpoint.procedure),
  encode: endpoint.output ? compileJson(endpoint.output) : toJson,
});
