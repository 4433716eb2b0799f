import type { AnyTRPCRouter } from '@trpc/server';
import {
  type Call,
  createApi,
  createHealthSurface,
  createOpenApiSurface,
  createRestSurface,
  createRpcSurface,
  type DocumentInfo,
  type Handle,
  type Incoming,
  meterBody,
  type Mount,
  rpcFailure,
  type Surface,
} from '#layer/index';
import { admissionRule, admitCalls } from './access.ts';
import { createAiChatSurface } from './chat/ai-chat/index.ts';
import type { Deps } from './compose.ts';
import { createCors } from './cors.ts';
import { databaseAnswers } from './db/readiness.ts';
import { errors } from './errors.ts';
import { reportFailure } from './failures.ts';
import { namePaths } from './log/paths.ts';
import { createOriginGuard } from './origin-guard.ts';
import type { RequestInfo } from './people/actor.ts';
import { createAuthSurface } from './people/auth-surface.ts';
import { type Context, createContext } from './people/context.ts';
import { requireActor } from './people/authenticator.ts';
import { claimKey } from './stores/idempotency.ts';
import { inSnapshot } from './stores/transaction.ts';

type OwnCall = Call<Context>;

/** Returns the address of a request's client, as far as it can be trusted; `null` when unknown. */
export function clientAddress(headers: Headers, peer: string | null, trustProxy: boolean): string | null {
  if (!trustProxy) return peer;
  // The last entry is the one our own proxy added; those before it are whatever the client claimed.
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer;
}

/** The whole API as one function from request to response. */
export function createHandler(deps: Deps, router: AnyTRPCRouter, info: DocumentInfo): Handle {
  const { env, log, database } = deps;
  const cors = createCors(env);
  const origins = createOriginGuard(env);
  const nameOf = namePaths(router);
  // Its lines have no secrets; to look for some would cost as much as half a call.
  const requests = log.child({}, { redact: [] });

  const rpc = createRpcSurface<Context>(router, {
    errors,
    onError: (error, { ctx }) => {
      reportFailure(errors.toError(error), ctx);
    },
    admit: admitCalls,
    maxBatchSize: env.MAX_BATCH_CALLS,
  });
  const rest = createRestSurface<Context>(router, {
    errors,
    onStreamError: (error, { ctx }) => {
      reportFailure(errors.toError(error), ctx);
    },
    async admit({ ctx }, endpoint) {
      const rule = endpoint && admissionRule(endpoint.name, endpoint.procedure);
      await ctx.admission.admitOne(rule);
      if (rule && rule.access !== 'anyone') await requireActor(ctx);
    },
    claimKey,
    atomically: inSnapshot,
  });
  const readiness = {
    check: () => databaseAnswers(deps),
    details: { database: database.kind },
    failure: 'The database does not answer.',
  };
  const document = createOpenApiSurface(router, info, (text) => log.warn(text));
  const aiChat = createAiChatSurface(router);
  const mounts: Mount<Context>[] = [
    {
      path: '/api/trpc/',
      surface: rpc,
      // Without a context, the formatter of errors gets what it reads of one.
      failure: (error, ctx, id) => rpcFailure(router, error, ctx ?? { request: { id } }),
    },
    { path: '/api/v1/', surface: rest },
    { path: '/api/auth/', surface: createAuthSurface(deps) },
    { path: '/api/chat', surface: aiChat },
    { path: '/api/chat/', surface: aiChat },
    { path: '/api/openapi.json', surface: admitted(document) },
    { path: '/api/health', surface: createHealthSurface(), isProbe: true },
    { path: '/api/ready', surface: createHealthSurface(readiness), isProbe: true },
  ];

  function createCall({ request, url, id, signal, transport }: Incoming): OwnCall {
    const { headers, method } = request;
    const userAgent = headers.get('user-agent')?.slice(0, 500) ?? null;
    const ip = clientAddress(headers, transport.peer, env.TRUST_PROXY);
    const { isLocal = () => false } = transport;
    const asked: RequestInfo = { id, headers, ip, userAgent, isLocal, signal };
    const ctx = createContext(deps, asked);
    const { admission, responseHeaders, revocation } = ctx;
    if (method !== 'GET') meterBody(request, (bytes) => admission.takeBytes(bytes));
    return { request, url, id, signal, responseHeaders, revoked: revocation.signal, ctx };
  }

  // Sessions are for our own pages: their paths read the cookie, whatever other credential is sent.
  const isAuth = (url: URL) => url.pathname.startsWith('/api/auth/');

  return createApi<Context>({
    mounts,
    errors,
    createCall,
    guard({ request, url }) {
      const preflight = isAuth(url) ? null : cors?.preflight(request);
      if (preflight) return preflight;
      origins.check(request, isAuth(url));
      return null;
    },
    async onRejected({ ctx: { admission } }) {
      if (!admission.isRequested) await admission.admitOne();
    },
    onError(thrown, call, { id }) {
      const error = errors.toError(thrown);
      if (call) reportFailure(error, call.ctx);
      else
        log.error({ err: error.cause ?? error, code: error.kind, requestId: id }, 'no context could be made');
    },
    mark({ request, url }, headers) {
      if (!isAuth(url)) cors?.mark(request, headers);
    },
    onResponse({ incoming: { request, url, id }, status, ms }) {
      requests.info(
        { requestId: id, method: request.method, path: nameOf(url.pathname), status, ms },
        'request',
      );
    },
  });
}

/** A surface that reads no body and calls no procedure. */
const admitted =
  (surface: Surface<Context>): Surface<Context> =>
  async (call) => {
    await call.ctx.admission.admitOne();
    return surface(call);
  };
