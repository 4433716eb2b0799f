import { randomUUID } from 'node:crypto';
import { type BufferedResponse, type Eventual, problem } from '#layer/index';
import { type AppError, errors } from './errors.ts';
import { processLog } from './log/index.ts';
import type { Actor } from './people/actor.ts';
import type { Context } from './people/context.ts';

/** The errors that were already logged. An error passes through several places, and only the first logs it. */
const reported = new WeakSet<AppError>();

/** Returns the caller if authentication has finished. Does not wait, because the database may be what failed. */
async function known(authenticated: Eventual<Actor | null> | undefined): Promise<Actor | null> {
  try {
    return await Promise.race([authenticated ?? null, Promise.resolve(null)]);
  } catch {
    return null;
  }
}

/**
 * Logs a call that failed with a status of 500 or more, once, with the procedure, the account, the IP address and the
 * request id. Other errors are mistakes of the caller, and not logged.
 * @param procedure the name of the procedure; by default the names of all procedures of the request.
 */
export function reportFailure(error: AppError, context: Context, procedure?: string): void {
  const { status } = error.definition;
  // The maintenance mode is no failure. The log says when it begins and ends.
  if (status < 500 || error.kind === 'MAINTENANCE' || reported.has(error)) return;
  reported.add(error);
  const { deps, request, admission, authenticated } = context;
  const name = procedure ?? admission.procedures.join();
  void known(authenticated()).then((actor) => {
    deps.log.error(
      {
        err: error.cause ?? error,
        code: error.kind,
        status,
        ...(name !== '' && { procedure: name }),
        userId: actor?.userId ?? null,
        ip: request.ip,
        requestId: request.id,
      },
      'a call failed',
    );
  });
}

/** Logs why the application could not be created, such as a bug in a router, and returns the error response. */
export function startupErrorResponse(thrown: unknown): BufferedResponse {
  const requestId = randomUUID();
  const error = errors.toError(thrown);
  processLog().error({ err: thrown, code: error.kind, requestId }, 'failed to create the API');
  return problem(errors, error, requestId);
}
