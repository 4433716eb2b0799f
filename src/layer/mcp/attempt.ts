import type { Call } from '../call/call.ts';
import type { CalledProcedure } from '../gate.ts';
import type { MountedApi } from '../mounts.ts';
import { toTrpcError } from '../trpc/error.ts';
import { Failure } from './offer.ts';
import { codeOf } from './rpc-error.ts';

/**
 * Runs the work of a request that is no call of a tool. If it throws, reports and returns the error.
 * @param called the procedure that decides who may send the request, if there is one.
 */
export async function attempt<C extends object, T>(
  call: Call<C>,
  { errors, report }: Pick<MountedApi<C>, 'errors' | 'report'>,
  work: () => Promise<T>,
  called?: CalledProcedure,
): Promise<T | Failure> {
  try {
    return await work();
  } catch (thrown) {
    const error = errors.toError(thrown);
    const failed = called && { type: called.procedure._def.type, path: called.name };
    report(toTrpcError(error), call, failed ?? { type: 'unknown' });
    return new Failure(codeOf(error), errors.dataOf(error, call.id));
  }
}
