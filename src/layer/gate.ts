import type { AnyTRPCProcedure } from '@trpc/server';
import type { Call } from './call/call.ts';
import { andThen, type Eventual } from './call/eventual.ts';
import type { ApiError } from './errors/api-error.ts';

/** A procedure that a request calls. */
export interface CalledProcedure {
  /** The path of the procedure in the router, such as `things.get`. */
  name: string;
  procedure: AnyTRPCProcedure;
}

/**
 * Checks of a request that run after its head has been read and before its body is. Without them, only the procedures
 * check.
 */
export interface Gate<C extends object> {
  /**
   * Counts the calls of a request.
   * @param called the procedure of each call; `undefined` for a call without a procedure.
   * @returns the error of each rejected call, `undefined` for each admitted one, in the order of the calls.
   */
  admit?: (
    call: Call<C>,
    called: readonly (CalledProcedure | undefined)[],
  ) => Eventual<readonly (ApiError | undefined)[]>;
  /**
   * Checks that the caller may call a procedure. Over REST, its error is the response. Over RPC, it only prevents the
   * reading of the input, and the procedure throws the error itself.
   * @param surface the surface through which the procedure is called.
   * @throws {ApiError} if the caller must not call it.
   */
  mayCall?: (call: Call<C>, called: CalledProcedure, surface: 'rpc' | 'rest') => Eventual<void>;
}

/**
 * Counts calls of a request.
 * @param called the procedure of each call; `undefined` for a call without a procedure.
 * @throws {ApiError} if one of them is rejected.
 */
export function admitAll<C extends object>(
  admit: Gate<C>['admit'],
  call: Call<C>,
  called: readonly (CalledProcedure | undefined)[],
): Eventual<void> {
  if (called.length === 0) return undefined;
  return andThen(admit?.(call, called), (rejections) => {
    const rejection = rejections?.find((each) => each !== undefined);
    if (rejection) throw rejection;
  });
}

/** Counts a request that consists of one call, and throws like `admitAll`. */
export const admitOne = <C extends object>(
  admit: Gate<C>['admit'],
  call: Call<C>,
  called?: CalledProcedure,
): Eventual<void> => admitAll(admit, call, [called]);
