import type { AnyTRPCRouter } from '@trpc/server';
import { Call, createRpcSurface, hostRequest, rpcFailure, type RpcOptions, toResponse } from '#layer/index';
import type { Deps } from '#server/compose';
import { errors } from '#server/errors';
import { admit, mayCall } from '#server/gate';
import { type Context, createContext } from '#server/people/context';
import { requestInfo } from '#test/caller';

/** Returns the call that surfaces receive for a request. */
export function callWith(deps: Deps, request: Request): Call<Context> {
  const info = { ...requestInfo(request.headers), id: 'test' };
  const host = hostRequest(request, { platform: undefined, maxDuration: 60 });
  const call: Call<Context> = new Call<Context>(host, {
    id: info.id,
    createContext: () => createContext(deps, info, call),
  });
  return call;
}

/** Serves a router over RPC like the product, without a server. @returns a function to call instead of `fetch`. */
export function rpcFetch(deps: Deps, router: AnyTRPCRouter, options: RpcOptions<Context> = {}) {
  const surface = createRpcSurface<Context>(router, { errors, admit, mayCall, ...options });
  return async (input: string | URL | Request, init?: object): Promise<Response> => {
    const request = new Request(input, init);
    const call = callWith(deps, request);
    try {
      return toResponse(await surface(call));
    } catch (error) {
      return toResponse(rpcFailure(router, errors.toError(error), await call.context()));
    }
  };
}
