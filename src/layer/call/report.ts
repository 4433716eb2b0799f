import type { TRPCError, TRPCProcedureType } from '@trpc/server';
import type { Call } from './call.ts';

/** The part of a request that failed. */
export interface Failed {
  type: TRPCProcedureType | 'unknown';
  /** The path of the procedure, such as `things.get`; absent if the whole request failed. */
  path?: string;
  /** The input of the procedure, if it has been read. */
  input?: unknown;
}

/** Called with every error of a call, as it was thrown. */
export type Report<C extends object> = (error: TRPCError, call: Call<C>, failed: Failed) => void;
