import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import {
  andThen,
  around,
  cutText,
  type Eventual,
  guard,
  HEARTBEAT_MS,
  isAsyncIterable,
  type MiddlewareOptions,
  rescue,
  toolNameOf,
  untilRevoked,
} from '#layer/index';
import { type Access, type Meta, requirePermission } from './access.ts';
import { onBehalfOf } from './db/work.ts';
import { errorData, toAppError } from './errors.ts';
import { reportFailure } from './failures.ts';
import { metrics } from './metrics/instruments.ts';
import { OTHER } from './metrics/series.ts';
import { type Actor, changedRequest } from './people/actor.ts';
import type { Context } from './people/context.ts';
import { requireActor } from './people/authenticator.ts';
import { resumableEnd } from './people/streams.ts';
import { inSpan, type SpanStart, tracing } from './tracing/spans.ts';

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

/** What a middleware knows of a call. */
type Options = MiddlewareOptions<Context, Meta>;

/**
 * Counts a stream while it is open, on any surface, and ends it when its reader loses access. A subscription also ends
 * when the instance stops, because its client resumes it. A download does not.
 */
function hold({ ctx, meta, type }: Options, values: AsyncIterable<unknown>) {
  const { deps, request, authenticate } = ctx;
  const { ip, signal } = request;
  const revocation = ctx.revocation();
  const onStop =
    type === 'subscription'
      ? () => {
          revocation.abort(resumableEnd());
        }
      : undefined;
  return andThen(authenticate(), (actor) =>
    deps.streams.hold(values, { actor, access: meta?.access, ip, signal, revocation, onStop }),
  );
}

/** Ends the source of a stream when its reader loses access. */
const withStreamSignal = guard(({ ctx: { request, revocation }, meta, type }: Options) => {
  const isStream = type === 'subscription' || meta?.rest?.stream !== undefined;
  if (!isStream) return undefined;
  const signal = untilRevoked(request.signal, revocation().signal);
  return { request: changedRequest(request, { signal }) };
});

/** Counts the duration of a call in milliseconds. */
function measure({ ctx, path }: Options, ms: number): void {
  metrics.calls.observe(ms / 1000, ctx.request.surface ?? OTHER, path);
}

/**
 * Converts any value that a procedure threw to an error of the catalog, before a surface picks the HTTP status. Measures
 * the call.
 */
const withAppErrors = around((options: Options, proceed) =>
  tracing.tracer === undefined
    ? runMeasured(options, proceed)
    : inSpan(
        () => spanOf(options),
        () => runMeasured(options, proceed),
        !hasRequestSpan(options),
      ),
);

/** True if the request of the call has a trace of its own. Those for pages have none. */
const hasRequestSpan = ({ ctx: { request } }: Options) => (request.surface ?? 'page') !== 'page';

/** Describes a call for traces: by its procedure, and if an agent calls it, as a tool. */
function spanOf({ ctx, path, type, meta }: Options): SpanStart {
  const surface = ctx.request.surface ?? OTHER;
  const attributes = {
    'switchboard.procedure': path,
    'switchboard.type': type,
    'switchboard.surface': surface,
  };
  if (surface !== 'mcp') return { name: path, attributes };
  const tool = toolNameOf(path, meta ?? {});
  const called = {
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
  };
  return { name: `execute_tool ${tool}`, attributes: { ...attributes, ...called } };
}

function runMeasured(options: Options, proceed: () => Eventual<unknown>): Eventual<unknown> {
  const began = performance.now();
  return rescue(
    () =>
      andThen(
        andThen(proceed(), (data) => (isAsyncIterable(data) ? hold(options, data) : data)),
        (result) => {
          measure(options, performance.now() - began);
          return result;
        },
      ),
    (thrown) => {
      measure(options, performance.now() - began);
      const error = toAppError(thrown);
      reportFailure(error, options.ctx, options.path);
      throw error;
    },
  );
}

/** Counts the call, unless its surface already did so when it admitted the request. */
const withRateLimit = guard(({ ctx, path, meta, batchIndex }: Options) =>
  ctx.admission.enter(path, meta?.rateLimit, batchIndex),
);

/** Rejects mutations in maintenance mode, and counts those in progress. */
const withMaintenance = around(({ ctx, type }: Options, proceed) =>
  type === 'mutation' ? ctx.deps.maintenance.write(proceed) : proceed(),
);

/** For all callers, including anonymous ones. */
export const open = t.procedure
  .meta({ access: 'anyone' })
  .use(withStreamSignal)
  .use(withAppErrors)
  .use(withRateLimit)
  .use(withMaintenance);

/** Authenticates the caller. Rejects anonymous ones, and those that may not call a procedure like this. */
const withActor = guard(({ ctx, path, type }: Options) =>
  andThen(requireActor(ctx), (actor) => {
    requirePermission({ name: path, access: 'signed-in' }, type, actor);
    return { actor };
  }),
);

/** Rejects authenticated callers that do not have an access. */
const requireAccess = (access: Access) =>
  guard(({ ctx: { actor }, path, type }: MiddlewareOptions<Context & { actor: Actor }, Meta>) => {
    requirePermission({ name: path, access }, type, actor);
  });

/** For callers with a session or an API key. A read-only key may not call mutations. */
export const signedIn = open
  .meta({ access: 'signed-in' })
  .use(withActor)
  .use(around(({ ctx }, proceed) => onBehalfOf(ctx.actor.userId, proceed)));

/** For callers with a session, never an API key. */
export const sessionOnly = signedIn.meta({ access: 'session-only' }).use(requireAccess('session-only'));

/** For users with an account, not guests. */
export const registered = sessionOnly.meta({ access: 'registered' }).use(requireAccess('registered'));

/** For admins. */
export const admin = signedIn.meta({ access: 'admin' }).use(requireAccess('admin'));
