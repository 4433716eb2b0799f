import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import { MAX_REJECTED_CALLS } from '../limits.ts';
import { askAdapter } from './adapter.ts';
import type { RpcPath } from './path.ts';

/**
 * Rejects a batch of too many calls. Up to MAX_REJECTED_CALLS of them get an error each, in the form that the client's link
 * reads: older clients show an error of the whole request as "Stream closed" if they asked for a stream.
 * No procedure runs.
 * @throws {ApiError} BAD_REQUEST for a longer batch.
 */
export function rejectLargeBatch(
  router: AnyTRPCRouter,
  call: Call,
  { names }: RpcPath,
  { base, maxBatchSize }: { base: string; maxBatchSize: number },
): Promise<Response> {
  const error = new CoreError('BAD_REQUEST', {
    detail: `A batch may carry at most ${maxBatchSize} calls. Set \`maxItems: ${maxBatchSize}\` in the options of the batch link.`,
  });
  if (names.length > MAX_REJECTED_CALLS) throw error;
  const type = call.method === 'POST' ? 'mutation' : 'query';
  const rejecting = Object.assign(() => Promise.reject(error), { _def: { type } });
  const procedures = new Proxy({}, { get: () => rejecting });
  return askAdapter(
    call,
    { base, router: { ...router, _def: { ...router._def, procedures } } },
    () => undefined,
  );
}
