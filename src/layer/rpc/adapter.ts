import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { type Call, untilRevoked } from '../call/call.ts';
import { type CallOptions, isProcedure } from '../call/compile.ts';
import type { Report } from '../call/report.ts';
import type { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { once, oncePer } from '../once.ts';
import { withOwnTracked } from '../stream/tracked.ts';
import type { Failed } from '../trpc/error.ts';
import { type AdaptInput, compileAdapt } from './client-input.ts';
import { type Inputs, isObject } from './inputs.ts';
import { addMetaHeaders, type ResponseMeta } from './response-meta.ts';
import type { ReadInput, Wire } from './wire.ts';

/** The options with which tRPC's adapter calls a procedure. */
type AdapterCall = Omit<CallOptions, 'batchIndex'> & { batchIndex?: number };

interface Reader {
  read: ReadInput;
  adapt: AdaptInput;
}

/** What procedures need to read their inputs themselves. */
interface Reading {
  inputs: Inputs;
  lastEventId: string | undefined;
  /** Returns the signal of a query, which also ends its streams when the caller loses the permission to read them. */
  querySignal: () => AbortSignal;
  /** The signal that is aborted then. */
  revoked: AbortSignal;
  failures: Failures;
}

/** Serves a request by tRPC's fetch adapter, which gets neither its body nor the input of its query. */
export type RunAdapter<C extends object> = (call: Call<C>, inputs: Inputs) => Promise<Response>;

/** Called with every error. `hasContext` is false if it occurred before a context was created. */
type OnAdapterError = (error: TRPCError, failed: Failed, hasContext: boolean) => void;

/** The options of tRPC's adapter. */
export interface AdapterOptions<C extends object> {
  /** The path of the RPC surface. */
  base: string;
  allowMethodOverride?: boolean;
  responseMeta?: ResponseMeta<C> | undefined;
}

/** Serves a request by tRPC's fetch adapter with the procedures of `router`, which get their inputs in another way. */
export async function fetchByAdapter<C extends object>(
  call: Call<C>,
  router: AnyTRPCRouter,
  { base, allowMethodOverride = false, responseMeta }: AdapterOptions<C>,
  onError: OnAdapterError,
): Promise<Response> {
  const { method, responseHeaders, signal } = call;
  const context = await call.context();
  const url = new URL(call.url);
  // Without the public path, so that the adapter finds the procedures below `base`.
  url.pathname = call.path;
  url.searchParams.delete('input');
  return fetchRequestHandler({
    endpoint: base,
    req: new Request(url, { method, headers: call.request.headers, signal }),
    router,
    createContext: () => context,
    allowMethodOverride,
    responseMeta(options) {
      const meta = responseMeta?.({ ...options, ctx: context, info: call.info });
      addMetaHeaders(responseHeaders, meta?.headers);
      const headers = new Headers([...responseHeaders]);
      return meta?.status === undefined ? { headers } : { headers, status: meta.status };
    },
    onError: ({ error, ctx, type, path }) => {
      onError(error, path === undefined ? { type } : { type, path }, ctx !== undefined);
    },
  });
}

/**
 * Compiles the serving of requests that the dispatch does not serve, such as streams and subscriptions, by tRPC's fetch
 * adapter. The adapter gets neither the body nor the input of the query. The procedures read their inputs themselves,
 * with the same readers as the dispatch.
 * @param report called with every error.
 */
export function compileAdapter<C extends object>(
  router: AnyTRPCRouter,
  { wire, errors: { toError }, ...options }: AdapterOptions<C> & { wire: Wire; errors: Errors },
  report: Report<C> | undefined,
): RunAdapter<C> {
  const readerFor = oncePer((procedure: AnyTRPCProcedure): Reader => ({
    read: wire.readerOf(procedure),
    adapt: compileAdapt(procedure),
  }));

  /**
   * Returns the router with procedures that read their input from `inputs`, and an `errorFormatter` that gets the input.
   * Lazy procedures are in it once loaded.
   */
  function reading({ inputs, lastEventId, querySignal, revoked, failures }: Reading): AnyTRPCRouter {
    const loaded: unknown = router._def.procedures;
    const { _config: config } = router._def;
    let calls = 0;
    const procedures = new Proxy(isObject(loaded) ? loaded : {}, {
      get(all, path) {
        // The adapter looks up each call of a batch once, in order. Old versions do not tell the procedure its index.
        const position = calls++;
        const procedure: unknown = Reflect.get(all, path);
        if (!isProcedure(procedure)) return procedure;
        const { type } = procedure._def;
        const { read, adapt } = readerFor(procedure);
        /** The end of a stream in the batch must not interrupt a mutation. */
        const signalOf = (signal: AbortSignal | undefined) => {
          if (type === 'query') return querySignal();
          return type === 'subscription' && signal ? untilRevoked(signal, revoked) : signal;
        };
        const run = async ({ signal, batchIndex = position, ...options }: AdapterCall): Promise<unknown> => {
          try {
            return await procedure({
              ...options,
              batchIndex,
              signal: signalOf(signal),
              getRawInput: async () => {
                const input = inputs.read(batchIndex, read);
                const whole = type === 'subscription' ? resumed(input, lastEventId) : input;
                return adapt(whole, inputs.isAbsent(batchIndex));
              },
            });
          } catch (error) {
            failures.add(error, batchIndex);
            throw error;
          }
        };
        const call = async (options: AdapterCall) => withOwnTracked(await run(options));
        return Object.assign(type === 'subscription' ? call : run, { _def: procedure._def });
      },
    });
    const errorFormatter: typeof config.errorFormatter = (options): unknown =>
      config.errorFormatter({ ...options, input: failures.inputOf(options.error, options.path) });
    return { ...router, _def: { ...router._def, procedures, _config: { ...config, errorFormatter } } };
  }

  return async (call, inputs) => {
    const failures = new Failures(call);
    const served = reading({
      inputs,
      lastEventId: lastEventIdOf(call),
      querySignal: once(() => untilRevoked(call.signal, call.revocation.signal)),
      revoked: call.revocation.signal,
      failures,
    });
    let rejected: ApiError | undefined;
    const response = await fetchByAdapter(call, served, options, (error, failed, hasContext) => {
      // Without a context, the adapter would respond in plain text, so the error is thrown instead.
      if (!hasContext) rejected = toError(error);
      else report?.(error, call, { ...failed, input: failures.inputOf(error, failed.path) });
    });
    if (rejected) throw rejected;
    return response;
  };
}

/** Knows the inputs of failed calls, which the adapter does not know. */
class Failures {
  readonly #call: Call;
  /** By the error; `null` for one that several calls have thrown. */
  readonly #indexes = new Map<unknown, number | null>();

  constructor(call: Call) {
    this.#call = call;
  }

  /** Adds what the call at an index of a batch has thrown. */
  add(error: unknown, index: number): void {
    this.#indexes.set(error, this.#indexes.has(error) ? null : index);
  }

  /**
   * Returns the input of a failed call, if it was read.
   * @param path the path of the procedure. It finds a call whose stream failed, or that threw the same error as another
   *   call. If the procedure was called twice, the result is then `undefined`.
   */
  inputOf(error: TRPCError, path: string | undefined): unknown {
    const { calls } = this.#call.info;
    const index = this.#indexes.get(error);
    if (typeof index === 'number') return calls[index]?.result();
    const [first, ...others] = calls.filter((call) => call.path === path);
    return others.length > 0 ? undefined : first?.result();
  }
}

/** Returns the id of the last event that a reconnecting client has received, from tRPC's clients or an EventSource. */
export const lastEventIdOf = (call: Pick<Call, 'header' | 'searchParams'>) =>
  call.header('last-event-id') ??
  call.searchParams.get('lastEventId') ??
  call.searchParams.get('Last-Event-Id') ??
  undefined;

/** Returns the input of a subscription with the id of its last event, as tRPC adds it. */
export function resumed(input: unknown, lastEventId: string | undefined): unknown {
  if (!lastEventId) return input;
  if (isObject(input) && !Array.isArray(input)) return { ...input, lastEventId };
  return input ?? { lastEventId };
}
