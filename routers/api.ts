import type { AnyTRPCRouter } from '@trpc/server';
import { FILE_PATH, SHARED_FILES_PATH } from '#contract/file-limits';
import {
  type Api,
  type ContextOptions,
  createApi,
  createHealthSurface,
  type DocumentInfo,
  type Mount,
  type MountFactory,
  proceduresOf,
} from '#layer/index';
import { createAiChatSurface } from '#server/chat/ai-chat/index';
import { fileSurface, sharedFileSurface } from '#server/chat/files/surface';
import type { Deps } from '#server/compose';
import { databaseAnswers } from '#server/db/readiness';
import { errors } from '#server/errors';
import { reportFailure } from '#server/failures';
import { admit, mayCall } from '#server/gate';
import { createAccessLog } from '#server/log/access';
import { namePaths } from '#server/log/paths';
import { readTraceParent } from '#server/log/trace-parent';
import { metrics } from '#server/metrics/instruments';
import { OTHER } from '#server/metrics/series';
import { surfaceOf } from '#server/metrics/surface-of';
import { metricsMounts } from '#server/monitoring/surface';
import { originOptions } from '#server/origin';
import { AUTH_ENDPOINTS, createAuthSurface } from '#server/people/auth-surface';
import { type Context, createContext } from '#server/people/context';
import { oauthMounts } from '#server/people/oauth/surface';
import { proxiesOf, trustedPeersOf } from '#server/proxies';
import { createIdempotencyStore, credentialOf, scopeOf } from '#server/stores/idempotency';
import { inSnapshot } from '#server/stores/transaction';
import { createRequestTracer } from '#server/tracing/requests';
import { tracing } from '#server/tracing/spans';
import { mcp } from './mcp.ts';
import { reference } from './reference.ts';
import { CallInfo, type Platform } from './request-info.ts';

export type { Platform };

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** Returns the class of a status, such as `2xx`. */
const statusClass = (status: number): string => CLASSES[Math.floor(status / 100) - 1] ?? OTHER;

/** Serves a router and all other surfaces below `/api`, and the reference at `/docs`. */
export function serveRouter(deps: Deps, router: AnyTRPCRouter, info: DocumentInfo): Api<Platform> {
  const { env, log, database } = deps;
  const nameOf = namePaths(router, Object.keys(AUTH_ENDPOINTS));
  const logAccess = createAccessLog(log);
  metrics.labels.procedure.allow(proceduresOf(router).map(([name]) => name));
  // Undefined without traces, which then cost a request nothing.
  const traces =
    tracing.tracer && createRequestTracer<Context, Platform>(tracing.tracer, trustedPeersOf(env), nameOf);
  const readiness = {
    check: () => databaseAnswers(deps),
    get details() {
      return { database: database.kind, ...(deps.maintenance.isOn() && { maintenance: 'on' }) };
    },
    failure: 'The database is not responding.',
  };
  const aiChat = createAiChatSurface(router);
  const mounts: (Mount<Context> | MountFactory<Context>)[] = [
    mcp,
    ...oauthMounts(deps),
    { name: 'auth', path: '/api/auth/', surface: createAuthSurface(deps), usesCookies: true },
    { name: 'chat', path: '/api/chat', surface: aiChat },
    { name: 'chat', path: '/api/chat/', surface: aiChat },
    { name: 'files', path: FILE_PATH, surface: fileSurface },
    { name: 'files', path: SHARED_FILES_PATH, surface: sharedFileSurface, ignoresCookies: true },
    { name: 'health', path: '/api/health', surface: createHealthSurface(), isProbe: true },
    { name: 'health', path: '/api/ready', surface: createHealthSurface(readiness), isProbe: true },
    ...metricsMounts(deps),
  ];

  function contextOf(call: ContextOptions<Platform>): Context {
    const context = createContext(deps, new CallInfo(call), call);
    if (call.method !== 'GET') call.meterBody((bytes) => context.admission.takeBytes(bytes));
    return context;
  }

  return createApi<Platform, Context>({
    router,
    createContext: contextOf,
    trustProxy: proxiesOf(env),
    ...(traces && { around: traces.around }),
    errors,
    admit,
    mayCall,
    rpc: {
      maxBatchSize: env.MAX_BATCH_CALLS,
      // If there is no context, the error formatter gets the part of it that it reads.
      errorContext: ({ id }) => ({ request: { id } }),
    },
    rest: { atomically: inSnapshot },
    idempotency: { store: createIdempotencyStore(deps), scope: scopeOf, variant: credentialOf },
    openapi: info,
    docs: reference(env),
    warn: (text) => log.warn(text),
    mounts,
    cors: env.CORS_ORIGINS && { origins: env.CORS_ORIGINS },
    origin: originOptions(env),
    async onRejected(call) {
      const { admission } = await call.context();
      if (!admission.isRequested) await admission.admitOne();
    },
    onError({ error: thrown, ctx, path, call }) {
      const error = errors.toError(thrown);
      metrics.callErrors.add(1, surfaceOf(call.path), path ?? OTHER, error.kind);
      if (ctx) reportFailure(error, ctx, path);
      else if (error.definition.status >= 500)
        log.error(
          { err: error.cause ?? error, code: error.kind, requestId: call.id },
          'failed to create the context of a request',
        );
    },
    onResponse(outcome) {
      const { call, status, ms } = outcome;
      const { id: requestId, method, path } = call;
      const surface = outcome.surface ?? 'none';
      const traceId = traces?.traceIdOf(call) ?? readTraceParent(call.header('traceparent'))?.traceId;
      // No body is sent in response to HEAD.
      const bytes = method === 'HEAD' ? 0 : (outcome.bytes ?? undefined);
      // Over RPC and REST, the path names the procedures.
      const procedures = surface === 'mcp' ? outcome.procedures : [];
      const called = procedures.length > 0 && { procedures };
      metrics.responses.observe(ms / 1000, surface, statusClass(status));
      logAccess({ requestId, traceId, surface, method, path: nameOf(path), ...called, status, bytes, ms });
    },
  });
}
