import { randomUUID } from 'node:crypto';
import { type BufferedResponse, plainAddress, problem } from '#layer/index';
import { env } from './env.ts';
import { type AppError, errors } from './errors.ts';
import { createLogger, type Logger } from './log/index.ts';
import type { Actor } from './people/actor.ts';
import type { Context } from './people/context.ts';

/** A failure goes through several hands, and is logged by the first. */
const reported = new WeakSet<AppError>();

/** Who calls, if that is known by now: a failure of the database must not be waited for once more. */
async function known(identified: Promise<Actor | null> | undefined): Promise<Actor | null> {
  try {
    return await Promise.race([identified ?? null, Promise.resolve(null)]);
  } catch {
    return null;
  }
}

/**
 * Logs a call that failed with a status of 500 or more, once: with the procedure, the account, the IP address and the id of the
 * request. Other errors are the caller's, and not logged.
 * @param procedure its name; by default, those of the request.
 */
export function reportFailure(error: AppError, context: Context, procedure?: string): void {
  const { status } = error.definition;
  if (status < 500 || reported.has(error)) return;
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
        ip: plainAddress(request.ip),
        requestId: request.id,
      },
      'a call failed',
    );
  });
}

/** What logs where there is no product. */
let spare: Logger | undefined;

/** Logs why there is nothing that could answer a request, such as a mistake in a router, and answers it with that. */
export function answerWithoutProduct(thrown: unknown): BufferedResponse {
  const requestId = randomUUID();
  const error = errors.toError(thrown);
  spare ??= createLogger(env());
  spare.error({ err: thrown, code: error.kind, requestId }, 'the API could not be made');
  return problem(errors, error, requestId);
}
