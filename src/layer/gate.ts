import type { AnyTRPCProcedure } from '@trpc/server';
import type { Call } from './call/call.ts';
import type { ApiError } from './errors/api-error.ts';

/** A procedure that a request calls. */
export interface CalledProcedure {
  /** Its path in the router, such as `things.get`. */
  name: string;
  procedure: AnyTRPCProcedure;
}

/** Decides about calls when the head of their request has been read, before its body is. Without it, only procedures decide. */
export interface Gate<C extends object> {
  /**
   * Counts the calls of a request.
   * @param called the procedure of each call; `undefined` for one that calls none.
   * @returns the error of each call that is rejected, in the order of the calls.
   */
  admit?: (
    call: Call<C>,
    called: readonly (CalledProcedure | undefined)[],
  ) => Promise<readonly (ApiError | undefined)[]>;
  /**
   * Checks if the caller may call a procedure. Over RPC, the input of a call that may not be made is not read; the procedure
   * throws the error itself.
   * @param surface `rest` if the procedure is called by its `openapi` meta.
   * @throws {ApiError} if it may not.
   */
  mayCall?: (call: Call<C>, called: CalledProcedure, surface: 'rpc' | 'rest') => Promise<void>;
}
