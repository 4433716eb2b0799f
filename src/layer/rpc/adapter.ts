import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCError, TRPCProcedureType } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { type Call, untilRevoked } from '../call/call.ts';
import { type CallOptions, isProcedure } from '../call/compile.ts';
import type { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { type AdaptInput, compileAdapt } from './client-input.ts';
import { type Inputs, isObject } from './inputs.ts';
import type { ReadInput, Wire } from './wire.ts';

interface Reader {
  read: ReadInput;
  adapt: AdaptInput;
}

/** Answers a request by tRPC's fetch adapter, which gets neither its body nor the input of its query. */
export type AnswerByAdapter<C extends object> = (call: Call<C>, inputs: Inputs) => Promise<Response>;

/** Told of every error; `hasContext` is false if it was found before there was a context. */
type OnAdapterError = (error: TRPCError, hasContext: boolean) => void;

/** Has tRPC's fetch adapter answer a request with the procedures of `router`, which find their inputs elsewhere. */
export async function askAdapter(
  call: Call,
  { base, router }: { base: string; router: AnyTRPCRouter },
  onError: OnAdapterError,
): Promise<Response> {
  const { method, responseHeaders, signal } = call;
  const context = await call.context();
  const url = new URL(call.url);
  url.searchParams.delete('input');
  return fetchRequestHandler({
    endpoint: base,
    req: new Request(url, { method, headers: call.request.headers, signal }),
    router,
    createContext: () => context,
    responseMeta: () => ({ headers: new Headers([...responseHeaders]) }),
    onError: ({ error, ctx }) => {
      onError(error, ctx !== undefined);
    },
  });
}

/**
 * Compiles how requests are answered that the dispatch leaves alone, such as streams and subscriptions: by tRPC's fetch
 * adapter, which learns of the input nothing at all. It is given neither the body nor the input of the query; the
 * procedures read that themselves, with the same readers as elsewhere.
 * @param onError called with every error, for the log.
 */
export function compileAdapter<C extends object>(
  router: AnyTRPCRouter,
  { base, wire, errors: { toError } }: { base: string; wire: Wire; errors: Errors },
  onError: ((error: ApiError, call: Call<C>) => void) | undefined,
): AnswerByAdapter<C> {
  const readers = new WeakMap<AnyTRPCProcedure, Reader>();
  function readerFor(procedure: AnyTRPCProcedure): Reader {
    const reader = readers.get(procedure) ?? {
      read: wire.readerOf(procedure),
      adapt: compileAdapt(procedure),
    };
    readers.set(procedure, reader);
    return reader;
  }

  /** The router with procedures that read their input from `inputs`. Lazy ones are in it once they are loaded. */
  function reading(
    inputs: Inputs,
    lastEventId: string | undefined,
    revoked: AbortSignal | undefined,
  ): AnyTRPCRouter {
    const loaded: unknown = router._def.procedures;
    const procedures = new Proxy(isObject(loaded) ? loaded : {}, {
      get(all, path) {
        const procedure: unknown = Reflect.get(all, path);
        if (!isProcedure(procedure)) return procedure;
        const { type } = procedure._def;
        const { read, adapt } = readerFor(procedure);
        const call = ({ signal, ...options }: CallOptions) =>
          procedure({
            ...options,
            // A change is not cut off in the middle because a stream beside it ends.
            signal: signal && type !== 'mutation' ? untilRevoked(signal, revoked) : signal,
            getRawInput: async () => {
              const input = await inputs.read(options.batchIndex, read);
              return adapt(resumed(input, type, lastEventId), inputs.isAbsent(options.batchIndex));
            },
          });
        return Object.assign(call, { _def: procedure._def });
      },
    });
    return { ...router, _def: { ...router._def, procedures } };
  }

  return async (call, inputs) => {
    // A context may give away the right to revoke, so it comes first.
    await call.context();
    const served = reading(inputs, lastEventIdOf(call), call.revoked);
    let rejected: ApiError | undefined;
    const response = await askAdapter(call, { base, router: served }, (thrown, hasContext) => {
      const error = toError(thrown);
      // Without a context the adapter cannot name the request, and answers as plain text.
      if (hasContext) onError?.(error, call);
      else rejected = error;
    });
    if (rejected) throw rejected;
    return response;
  };
}

/** Where a subscription was when its client lost it, as tRPC's clients and an EventSource say it. */
const lastEventIdOf = (call: Pick<Call, 'header' | 'searchParams'>) =>
  call.header('last-event-id') ??
  call.searchParams.get('lastEventId') ??
  call.searchParams.get('Last-Event-Id') ??
  undefined;

/** The input of a subscription with the id of its last event, as tRPC adds it. */
function resumed(input: unknown, type: TRPCProcedureType, lastEventId: string | undefined): unknown {
  if (type !== 'subscription' || !lastEventId) return input;
  if (isObject(input) && !Array.isArray(input)) return { ...input, lastEventId };
  return input ?? { lastEventId };
}
