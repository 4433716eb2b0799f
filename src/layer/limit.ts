import type { Call } from './call/call.ts';
import type { HostRequest } from './call/host-request.ts';
import type { ApiResponse } from './call/response.ts';
import { CoreError } from './errors/api-error.ts';
import type { Errors } from './errors/define.ts';

interface Limits {
  call: Pick<Call, 'abort'>;
  host: Pick<HostRequest, 'maxDuration' | 'onClosed'>;
  toError: Errors['toError'];
}

/**
 * Waits for a response for the longest that a call may take. A streamed response is ended when that is over; its reader comes
 * back with the id of the last event.
 * @throws {ApiError} TIMEOUT after aborting the call, so that its work ends too.
 */
export function within(
  response: Promise<ApiResponse>,
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
    timer.unref();
    response.then(
      (given) => {
        const done = () => {
          clearTimeout(timer);
        };
        if (!(given instanceof Response)) done();
        else if (host.onClosed) host.onClosed(done);
        else return resolve(whenRead(given, done));
        resolve(given);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(toError(error));
      },
    );
  });
}

/** The same response; `done` is called when its body has been read or is not read any more. */
function whenRead(response: Response, done: () => void): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    done();
    return response;
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isOver, value } = await reader.read();
          if (!isOver) {
            controller.enqueue(value);
            return;
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        done();
      },
      async cancel(reason) {
        done();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
