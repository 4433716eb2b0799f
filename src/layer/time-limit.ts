import { runtime } from '#runtime';
import type { Call } from './call/call.ts';
import type { HostRequest } from './call/host-request.ts';
import type { ApiResponse } from './call/response.ts';
import { CoreError } from './errors/api-error.ts';
import type { Errors } from './errors/define.ts';
import { whenRead } from './stream/when-read.ts';

interface Limits {
  call: Pick<Call, 'abort'>;
  host: Pick<HostRequest, 'maxDuration' | 'onClosed'>;
  toError: Errors['toError'];
}

/**
 * Limits the time of a call. If it is over, the call is aborted, so its work ends too. That also ends a streamed
 * response, whose client then reconnects with the id of the last event.
 * @throws {ApiError} TIMEOUT if the response has not started in time; the errors of `response`.
 */
export function within(
  response: PromiseLike<ApiResponse>,
  { call, host, toError }: Limits,
): Promise<ApiResponse> {
  const { maxDuration } = host;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new CoreError('TIMEOUT', {
        detail: `The call took longer than ${maxDuration} seconds and was stopped.`,
      });
      call.abort(error);
      reject(error);
    }, maxDuration * 1000);
    runtime.unref(timer);
    response.then(
      (created) => {
        const done = () => {
          clearTimeout(timer);
        };
        if (!(created instanceof Response)) done();
        else if (host.onClosed) host.onClosed(done);
        else return resolve(whenRead(created, done));
        resolve(created);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(toError(error));
      },
    );
  });
}
