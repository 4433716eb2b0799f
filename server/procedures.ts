import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { cutText, HEARTBEAT_MS, isAsyncIterable, untilRevoked } from '#layer/index';
import type { Access, Meta } from './access.ts';
import { onBehalfOf } from './db/work.ts';
import { AppError, errorData, toAppError } from './errors.ts';
import { reportFailure } from './failures.ts';
import type { Context } from './people/context.ts';
import { requireActor } from './people/authenticator.ts';

/** The length of the procedure path that an error repeats. No procedure has a longer path. */
const MAX_PATH_BYTES = 200;

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    isDev: false,
    // The handler ends a stream that lasts too long; tRPC's own timer would outlive every stream.
    sse: {
      ping: { enabled: true, intervalMs: HEARTBEAT_MS },
      client: { reconnectAfterInactivityMs: 3 * HEARTBEAT_MS },
    },
    errorFormatter({ shape, error, path, ctx }) {
      const data = errorData(toAppError(error), ctx?.request.id ?? '');
      const place = path !== undefined && { path: cutText(path, MAX_PATH_BYTES) };
      return { code: shape.code, message: data.detail, data: { ...data, httpStatus: data.status, ...place } };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Counts a stream while it is open, on any surface, and ends it when its reader loses access. */
async function hold(
  { deps, request, authenticate, revocation }: Context,
  access: Access | undefined,
  values: AsyncIterable<unknown>,
) {
  const { ip, signal } = request;
  return deps.streams.hold(values, { actor: await authenticate(), access, ip, signal, revocation });
}

/** Converts any value that a procedure threw to an error of the catalog, before a surface picks the HTTP status. */
const withAppErrors = t.middleware(async ({ ctx, meta, path, type, next }) => {
  const { request, revocation } = ctx;
  const isStream = type === 'subscription' || meta?.rest?.stream !== undefined;
  const result = isStream
    ? await next({
        ctx: { request: { ...request, signal: untilRevoked(request.signal, revocation.signal) } },
      })
    : await next();
  if (!result.ok) {
    const error = toAppError(result.error);
    reportFailure(error, ctx, path);
    throw error;
  }
  return isAsyncIterable(result.data)
    ? { ...result, data: await hold(ctx, meta?.access, result.data) }
    : result;
});

/** Counts the call, unless its surface already did so when it admitted the request. */
const withRateLimit = t.middleware(async ({ ctx, path, meta, batchIndex, next }) => {
  await ctx.admission.enter(path, meta?.rateLimit, batchIndex);
  return next();
});

/** For all callers, including anonymous ones. */
export const open = t.procedure.meta({ access: 'anyone' }).use(withAppErrors).use(withRateLimit);

/** For callers with a session or an API key. A read-only key may not call mutations. */
export const signedIn = open.meta({ access: 'signed-in' }).use(async ({ ctx, next, type }) => {
  const actor = await requireActor(ctx);
  if (type === 'mutation' && actor.via.kind === 'api-key' && actor.via.scope === 'read') {
    throw new AppError('FORBIDDEN', {
      detail: 'This API key can only read. Use one with the scope "write".',
    });
  }
  return onBehalfOf(actor.userId, () => next({ ctx: { actor } }));
});

/** For callers with a session, never an API key. */
export const sessionOnly = signedIn.meta({ access: 'session-only' }).use(async ({ ctx, next }) => {
  if (ctx.actor.via.kind !== 'session') {
    throw new AppError('FORBIDDEN', { detail: 'An API key may not do this. Sign in instead.' });
  }
  return next();
});

/** For users with an account, not guests. */
export const registered = sessionOnly.meta({ access: 'registered' }).use(async ({ ctx, next }) => {
  if (ctx.actor.isGuest)
    throw new AppError('FORBIDDEN', { detail: 'A guest may not do this. Sign up first.' });
  return next();
});

/** For admins. */
export const admin = signedIn.meta({ access: 'admin' }).use(async ({ ctx, next }) => {
  if (ctx.actor.role !== 'admin') throw new AppError('FORBIDDEN', { detail: 'Only an admin may do this.' });
  return next();
});
