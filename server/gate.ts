import type { Call, CalledProcedure } from '#layer/index';
import { admissionRule } from './access.ts';
import { AppError } from './errors.ts';
import { requireActor } from './people/authenticator.ts';
import type { Context } from './people/context.ts';

type Called = readonly (CalledProcedure | undefined)[];

/** Counts the calls of a request. @returns for each call its error if it is rejected, otherwise undefined. */
export async function admit(call: Call<Context>, called: Called): Promise<readonly (AppError | undefined)[]> {
  const { admission } = await call.context();
  return admission.admit(called.map((one) => one && admissionRule(one.name, one.procedure)));
}

/** Checks that the caller is authenticated, if the procedure requires it. @throws {AppError} UNAUTHORIZED */
export async function mayCall(
  call: Call<Context>,
  { name, procedure }: CalledProcedure,
  surface: 'rpc' | 'rest',
): Promise<void> {
  const { access, needsActor } = admissionRule(name, procedure);
  if (surface === 'rest' ? access === 'anyone' : !needsActor) return;
  const context = await call.context();
  if (surface === 'rest') await requireActor(context);
  // The procedure describes the error, also in its response headers.
  else if ((await context.authenticate()) === null) throw new AppError('UNAUTHORIZED');
}
