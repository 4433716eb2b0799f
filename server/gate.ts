import { andThen, type Call, type CalledProcedure, type Eventual } from '#layer/index';
import { admissionRule, requirePermission } from './access.ts';
import { AppError } from './errors.ts';
import { requireActor } from './people/authenticator.ts';
import type { Context } from './people/context.ts';

type Called = readonly (CalledProcedure | undefined)[];

/** Counts the calls of a request. @returns for each call its error if it is rejected, otherwise undefined. */
export function admit(call: Call<Context>, called: Called): Eventual<readonly (AppError | undefined)[]> {
  return andThen(call.context(), ({ admission }) =>
    admission.admit(called.map((one) => one && admissionRule(one.name, one.procedure))),
  );
}

/** @throws {AppError} MAINTENANCE */
function rejectChange(call: Call<Context>, { deps }: Context, surface: 'rpc' | 'rest'): void {
  try {
    deps.maintenance.requireOff();
  } catch (error) {
    // Over RPC, the procedure reports the error, and only the surface can set the header.
    if (surface === 'rpc' && error instanceof AppError) {
      call.responseHeaders.set('retry-after', String(error.options.retryAfter));
    }
    throw error;
  }
}

/**
 * Checks that the caller may call a procedure, and that the server accepts changes if it is a mutation.
 * @throws {AppError} MAINTENANCE, UNAUTHORIZED, FORBIDDEN
 */
export function mayCall(
  call: Call<Context>,
  { name, procedure }: CalledProcedure,
  surface: 'rpc' | 'rest',
): Eventual<void> {
  const rule = admissionRule(name, procedure);
  const { access, needsActor } = rule;
  const isChange = procedure._def.type === 'mutation';
  if (!isChange && (surface === 'rest' ? access === 'anyone' : !needsActor)) return;
  return andThen(call.context(), (context) => {
    if (isChange) rejectChange(call, context, surface);
    if (surface === 'rest' ? access === 'anyone' : !needsActor) return;
    // Over RPC, the procedure describes the error, also in its response headers.
    const actor = surface === 'rest' ? requireActor(context) : context.authenticate();
    return andThen(actor, (known) => {
      if (known === null) throw new AppError('UNAUTHORIZED');
      requirePermission(rule, procedure._def.type, known);
    });
  });
}
