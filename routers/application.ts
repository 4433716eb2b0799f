import { type Api, DEFAULT_PATHS, endpointsOf } from '#layer/index';
import { createDeps, type Deps } from '#server/compose';
import { newId } from '#server/db/columns';
import { env } from '#server/env';
import { toAppError } from '#server/errors';
import { captureConsole } from '#server/log/console';
import { processLog } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import type { GuideProcedure } from '#server/models/guide/index';
import { noteFailure } from '#server/pages/current';
import { createContext } from '#server/people/context';
import { createCallerFactory } from '#server/procedures';
import { type Platform, serveRouter } from './api.ts';
import { documentInfo } from './document.ts';
import { appRouter } from './index.ts';

const createCaller = createCallerFactory(appRouter);

/** The application of one process, as its entry points use it. */
export interface Application {
  deps: Deps;
  api: Api<Platform>;
  /** Returns all procedures as functions for server components. They act as the caller that `headers` authenticates. */
  caller: (headers: Headers) => ReturnType<typeof createCaller>;
}

declare global {
  /**
   * The server's own modules and the copy of them that Next bundles for pages share one process and must share one
   * database, so objects that exist once per process are stored here.
   */
  var applicationDeps: Promise<Deps> | undefined;
  var applicationOfProcess: Promise<Application> | undefined;
}

/** Describes the procedures for the offline guide. */
function describeProcedures(): GuideProcedure[] {
  return endpointsOf(appRouter).map(
    ({ name, type, method, path, openapi: { summary = '', description } }) => ({
      name,
      type,
      method,
      path: `${DEFAULT_PATHS.rest}${path}`,
      summary,
      ...(description !== undefined && { description }),
    }),
  );
}

async function assemble(): Promise<Application> {
  globalThis.applicationDeps ??= createDeps(env(), processLog(), describeProcedures()).catch(
    (error: unknown) => {
      // The next request tries again.
      globalThis.applicationDeps = undefined;
      throw error;
    },
  );
  const deps = await globalThis.applicationDeps;
  if (deps.env.NODE_ENV === 'production') captureConsole(deps.log);
  const origin = deps.env.APP_URL;
  const document = { ...documentInfo, ...(origin !== undefined && { serverUrl: origin }) };
  return {
    deps,
    api: serveRouter(deps, appRouter, document),
    caller: (headers) => {
      const signal = AbortSignal.timeout(30_000);
      const userAgent = headers.get('user-agent');
      const info = {
        id: newId(),
        headers,
        ip: null,
        userAgent,
        surface: 'page',
        withoutCookies: true as const,
        signal,
      };
      return createCaller(createContext(deps, info), {
        signal,
        onError: ({ error, path = '' }) => {
          metrics.callErrors.add(1, 'page', path, toAppError(error).kind);
          noteFailure(error);
        },
      });
    },
  };
}

/** The application of this copy of the module, in development. */
let own: Promise<Application> | undefined;

/**
 * Returns the application, which is created on the first call. In production, the copy of this module that is called
 * first creates it for all copies. In development, each new copy creates its own over the same database, so that edits
 * take effect.
 */
export function application(): Promise<Application> {
  const retry = (error: unknown) => {
    own = undefined;
    globalThis.applicationOfProcess = undefined;
    throw error;
  };
  if (env().NODE_ENV === 'production') return (globalThis.applicationOfProcess ??= assemble().catch(retry));
  return (own ??= assemble().catch(retry));
}
