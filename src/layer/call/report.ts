import type { TRPCError } from '@trpc/server';
import type { Failed } from '../trpc/error.ts';
import type { Call } from './call.ts';

/** Called with every error of a call, as it was thrown. */
export type Report<C extends object> = (error: TRPCError, call: Call<C>, failed: Failed) => void;
