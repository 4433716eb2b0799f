import type { IncomingMessage } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import {
  type Api,
  clientAddress,
  type ContextOptions,
  createApi,
  createHealthSurface,
  type DocumentInfo,
  type Mount,
} from '#layer/index';
import { createAiChatSurface } from '#server/chat/ai-chat/index';
import type { Deps } from '#server/compose';
import { databaseAnswers } from '#server/db/readiness';
import { errors } from '#server/errors';
import { reportFailure } from '#server/failures';
import { admit, mayCall } from '#server/gate';
import { namePaths } from '#server/log/paths';
import { originOptions } from '#server/origin';
import type { RequestInfo } from '#server/people/actor';
import { AUTH_ENDPOINTS, createAuthSurface } from '#server/people/auth-surface';
import { type Context, createContext } from '#server/people/context';
import { claimKey } from '#server/stores/idempotency';
import { inSnapshot } from '#server/stores/transaction';
import { isLocalRequest } from '#server/transport/local-request';

/** What a host tells of a request: Node's own objects, or whether a program on this machine has sent it. */
export type Platform = { req: IncomingMessage } | { isLocal: () => boolean };

/** Serves a router, with everything else below `/api`. */
export function serveRouter(deps: Deps, router: AnyTRPCRouter, info: DocumentInfo): Api<Platform> {
  const { env, log, database } = deps;
  const nameOf = namePaths(router, Object.keys(AUTH_ENDPOINTS));
  // Its lines have no secrets; to look for some would cost as much as half a call.
  const requests = log.child({}, { redact: [] });
  const readiness = {
    check: () => databaseAnswers(deps),
    details: { database: database.kind },
    failure: 'The database is not responding.',
  };
  const aiChat = createAiChatSurface(router);
  const mounts: Mount<Context>[] = [
    { path: '/api/auth/', surface: createAuthSurface(deps), usesCookies: true },
    { path: '/api/chat', surface: aiChat },
    { path: '/api/chat/', surface: aiChat },
    { path: '/api/health', surface: createHealthSurface(), isProbe: true },
    { path: '/api/ready', surface: createHealthSurface(readiness), isProbe: true },
  ];

  function contextOf(call: ContextOptions<Platform>): Context {
    const { id, signal, platform } = call;
    const { headers } = call.request;
    const asked: RequestInfo = {
      id,
      headers,
      ip: clientAddress((name) => call.header(name), call.peer, env.TRUST_PROXY ? 1 : 0),
      userAgent: call.header('user-agent')?.slice(0, 500) ?? null,
      isLocal: 'isLocal' in platform ? platform.isLocal : () => isLocalRequest(platform.req),
      signal,
    };
    const context = createContext(deps, asked, call);
    if (call.method !== 'GET') call.meterBody((bytes) => context.admission.takeBytes(bytes));
    return context;
  }

  return createApi<Context, Platform>({
    router,
    createContext: contextOf,
    errors,
    admit,
    mayCall,
    rpc: {
      maxBatchSize: env.MAX_BATCH_CALLS,
      // Without a context, the formatter of errors gets what it reads of one.
      errorContext: ({ id }) => ({ request: { id } }),
    },
    rest: { claimKey, atomically: inSnapshot },
    openapi: info,
    warn: (text) => log.warn(text),
    mounts,
    cors: env.CORS_ORIGINS && { origins: env.CORS_ORIGINS },
    origin: originOptions(env),
    async onRejected(call) {
      const { admission } = await call.context();
      if (!admission.isRequested) await admission.admitOne();
    },
    onError(thrown, { createdContext, id }) {
      const error = errors.toError(thrown);
      if (createdContext) reportFailure(error, createdContext);
      else
        log.error({ err: error.cause ?? error, code: error.kind, requestId: id }, 'no context could be made');
    },
    onResponse({ call: { id, method, path }, status, ms }) {
      requests.info({ requestId: id, method, path: nameOf(path), status, ms }, 'request');
    },
  });
}
