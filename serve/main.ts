import type { Server } from 'node:http';
import { join } from 'node:path';
import { createNodeListener, type Listener } from '#layer/hosts/node';
import { application } from '#routers/application';
import { execute } from '#server/commands/execute';
import { openConsole } from '#server/console/server';
import { databaseLocation } from '#server/db/folder';
import { watchMigrations } from '#server/db/watch-migrations';
import { type Env, EnvError, setPort } from '#server/env';
import { AppError } from '#server/errors';
import { noticesOf, processLog } from '#server/log/index';
import { missingKey } from '#server/models/index';
import { preloadPages } from '#server/pages/preload';
import { pauseUnless } from '#server/pause';
import { createGuardedServer } from '#server/transport/server';
import { maxDuration } from '../app/api/[...path]/route.ts';
import { listenProblem } from '../scripts/preflight.mjs';
import { reject } from '../server/pages/reject.ts';
import { PRODUCT } from '#contract/product';
import { pageListener } from './pages.ts';

/** The folder of the project. */
const ROOT = join(import.meta.dirname, '..');
/** The grace period for requests and answers after SIGTERM, in milliseconds. In development, it is 0. */
const GRACE_MS = { development: 0, production: 30_000, test: 30_000 };
/** The time limit for releasing the remaining answers after that, in milliseconds. */
const LAST_MS = 5_000;
/** The time for the ends of event streams to reach their clients, also at a second signal, in milliseconds. */
const FLUSH_MS = 200;
/** How long new requests are still served behind a proxy, in milliseconds. */
const PROXIED_DRAIN_MS = 5_000;
/** The path by which load balancers ask whether to send requests. */
const READY_PATH = '/api/ready';
const SWEEP_MS = 200;
/** The paths that the API serves: its own, the reference, and the metadata of OAuth, which must be there (RFC 8414). */
const API_PATH = /^\/(?:(?:api|docs|\.well-known)(?:\/|$)|llms\.txt$)/;

/** @returns the port, also if the system chose it. */
function listen(server: Server, { PORT, HOST }: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const problem = listenProblem(error, { port: PORT, host: HOST });
      reject(problem === undefined ? error : new EnvError(problem, { cause: error }));
    });
    server.listen(PORT, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : PORT);
    });
  });
}

/**
 * Closes the server: accepts no new requests, waits for open requests and answers in progress, and closes the database.
 * After `graceMs`, remaining answers are released, and event streams end in a way that makes clients resume them on
 * another instance. Remaining connections are closed a moment later.
 * @param hurry aborted if it should not wait any longer.
 */
async function close(
  server: Server,
  graceMs: number,
  hurry: AbortSignal,
  closeConsole: () => Promise<void>,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A busy connection becomes idle when its request is finished.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const deps = await globalThis.applicationDeps;
  const drained = deps?.runs.drain(graceMs, hurry);
  async function runOutOfTime(): Promise<void> {
    await pauseUnless(hurry, graceMs);
    deps?.streams.stop();
    await Promise.all([drained, pauseUnless(hurry, LAST_MS)]);
    await pauseUnless(undefined, FLUSH_MS);
  }
  await Promise.race([Promise.all([drained, closed]), runOutOfTime()]);
  clearInterval(sweep);
  server.closeAllConnections();
  // Late, so that a command waits only for the moment until it can open the database itself.
  await closeConsole();
  await deps?.close();
}

/**
 * Lets commands (admin.ts) reach this process, because no other one can open the embedded database.
 * @returns a function that ends it.
 */
async function serveCommands(): Promise<() => Promise<void>> {
  const { deps } = await application();
  const location = databaseLocation(deps.env);
  if (!('folder' in location)) return () => Promise.resolve();
  const { database, env, log, secrets, maintenance } = deps;
  const { close: end } = await openConsole(
    location.folder,
    (request, output) =>
      execute(request, { database, env, log, secrets: () => secrets, maintenance, ...output }),
    log,
  );
  return end;
}

/** The stop of the process by a signal. */
export interface Stopping {
  /** True after the first signal. */
  hasBegun: () => boolean;
  /** Sets what to do at the first signal. `hurry` is aborted at the second. */
  onBegin: (stop: (hurry: AbortSignal) => Promise<void>) => void;
}

/**
 * Serves the API and the pages.
 * @returns when both are served, and in production all pages are loaded.
 * @throws the error that makes a start impossible.
 */
export async function serve(settings: Env, { hasBegun, onBegin }: Stopping): Promise<void> {
  const isDevelopment = settings.NODE_ENV === 'development';
  /** Set at once, because a server is ready only if it serves both. */
  let listeners: { api: Listener; pages: Listener } | null = null;
  /** True if the server still serves after it has begun to stop, until load balancers send it nothing more. */
  let isDraining = false;
  let closeConsole = () => Promise.resolve();

  function listenerFor(path: string): Listener | undefined {
    if (hasBegun() && (!isDraining || path === READY_PATH)) return undefined;
    return API_PATH.test(path) ? listeners?.api : listeners?.pages;
  }

  const server = createGuardedServer(settings, isDevelopment, (req, res, path) => {
    if (hasBegun()) res.setHeader('connection', 'close');
    const listener = listenerFor(path);
    if (listener) return listener(req, res);
    const detail = 'The server is starting or shutting down. Retry in 2 seconds.';
    reject(req, res, new AppError('SERVICE_UNAVAILABLE', { detail, retryAfter: 2 }));
  });

  onBegin(async (hurry) => {
    isDraining = true;
    await pauseUnless(hurry, settings.DRAIN_MS ?? (settings.TRUST_PROXY === false ? 0 : PROXIED_DRAIN_MS));
    isDraining = false;
    await close(server, GRACE_MS[settings.NODE_ENV], hurry, () => closeConsole());
  });

  const port = await listen(server, settings);
  setPort(port);
  // In development, Next.js has its own handler. The application is created all the same: an error stops the start, and
  // the database is locked from here on.
  if (isDevelopment) watchMigrations((await application()).deps);
  const [{ api }, pages] = await Promise.all([application(), pageListener(settings, port, server)]);
  closeConsole = await serveCommands();
  listeners = { api: isDevelopment ? pages : createNodeListener(api, { maxDuration }), pages };
  const missing = missingKey(settings);
  const notices = noticesOf(processLog());
  if (missing !== undefined) notices.warn(missing);
  notices.info(`${PRODUCT.name} is ready: ${settings.APP_URL ?? `http://localhost:${port}`}`);
  if (!isDevelopment) await preloadPages(join(ROOT, '.next'));
}
