import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import { MAX_REJECTED_CALLS } from '../limits.ts';
import { type AdapterOptions, fetchByAdapter } from './adapter.ts';
import type { RpcPath } from './path.ts';

/**
 * Rejects a batch of too many calls. Each call gets an error, in the form that the client's link reads, because older
 * clients show an error of the whole request as "Stream closed" if they asked for a stream. No procedure runs.
 * @throws {ApiError} BAD_REQUEST for a batch of more than MAX_REJECTED_CALLS (100) calls.
 */
export function rejectLargeBatch<C extends object>(
  router: AnyTRPCRouter,
  call: Call<C>,
  { names }: RpcPath,
  { maxBatchSize, ...options }: AdapterOptions<C> & { maxBatchSize: number },
): Promise<Response> {
  const error = new CoreError('BAD_REQUEST', {
    detail: `A batch can have at most ${maxBatchSize} calls. Set \`maxItems: ${maxBatchSize}\` in the options of the batch link.`,
  });
  if (names.length > MAX_REJECTED_CALLS) throw error;
  const type = call.method === 'POST' ? 'mutation' : 'query';
  const rejecting = Object.assign(() => Promise.reject(error), { _def: { type } });
  const procedures = new Proxy({}, { get: () => rejecting });
  return fetchByAdapter(call, { ...router, _def: { ...router._def, procedures } }, options, () => undefined);
}
