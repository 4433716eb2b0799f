import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import next from 'next';
import { createNodeListener, type Listener } from '#layer/hosts/node';
import { application } from '#routers/application';
import { DatabaseLockedError } from '#server/db/lock';
import { DatabaseUnusableError } from '#server/db/unusable';
import { watchMigrations } from '#server/db/watch-migrations';
import { env, type Env, EnvError } from '#server/env';
import { AppError } from '#server/errors';
import { describeError, type ErrorDescription } from '#server/log/describe';
import { showError } from '#server/log/terminal';
import { missingKey } from '#server/models/index';
import { BuildError, checkBuild } from '#server/pages/build';
import { renderFor } from '#server/pages/current';
import { servePages } from '#server/pages/index';
import { createGuardedServer } from '#server/transport/server';
import { maxDuration } from './app/api/[...path]/route.ts';
import { listenProblem } from './scripts/preflight.mjs';
import { reject } from './server/pages/reject.ts';
import { isLocalRequest } from './server/transport/local-request.ts';
import { PRODUCT } from '#contract/product';

/** The grace period for requests and answers after SIGTERM, in milliseconds. In development, it is 0. */
const GRACE_MS = { development: 0, production: 30_000, test: 30_000 };
/** The time limit for marking the remaining answers as interrupted after that, in milliseconds. */
const LAST_MS = 5_000;
const SWEEP_MS = 200;

/** Serves pages with Next.js. In development, it serves the API too, so that edits take effect immediately. */
async function pageListener({ NODE_ENV, HOST }: Env, port: number, httpServer: Server): Promise<Listener> {
  const dev = NODE_ENV === 'development';
  // Read by next.config.ts.
  globalThis.compressesPages = !dev;
  const app = next({
    dev,
    dir: import.meta.dirname,
    hostname: HOST,
    port,
    httpServer,
  });
  await app.prepare();
  const listener = app.getRequestHandler();
  // Next.js adds the headers of a proxy before it calls the API.
  if (dev) return (req, res) => renderFor({ isLocal: isLocalRequest(req) }, () => listener(req, res));
  const { deps } = await application();
  return servePages(listener, join(import.meta.dirname, '.next/static'), deps);
}

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
 * Stops the server: accepts no new requests, waits for open requests and answers in progress, and closes the database.
 * After `graceMs`, remaining answers are marked as interrupted and remaining connections are closed.
 */
async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A busy connection becomes idle when its request is finished.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const deps = await globalThis.applicationDeps;
  await Promise.race([Promise.all([deps?.runs.drain(graceMs), closed]), pause(graceMs + LAST_MS)]);
  clearInterval(sweep);
  server.closeAllConnections();
  await deps?.close();
}

async function main(): Promise<void> {
  process.chdir(import.meta.dirname);
  const settings = env();
  const isDevelopment = settings.NODE_ENV === 'development';
  if (!isDevelopment) checkBuild(join(import.meta.dirname, '.next'));
  let stopping = false;
  const listeners: { api?: Listener; pages?: Listener } = {};

  function listenerFor(path: string): Listener | undefined {
    if (stopping) return undefined;
    if (isDevelopment || (path !== '/api' && !path.startsWith('/api/'))) return listeners.pages;
    // Pages are available last, and a server is ready only if it serves them too.
    if (!listeners.pages && path === '/api/ready') return undefined;
    return listeners.api;
  }

  const server = createGuardedServer(settings, isDevelopment, (req, res, path) => {
    if (stopping) res.setHeader('connection', 'close');
    const listener = listenerFor(path);
    if (listener) return listener(req, res);
    const detail = 'The server is starting or shutting down. Retry in 2 seconds.';
    reject(req, res, new AppError('SERVICE_UNAVAILABLE', { detail, retryAfter: 2 }));
  });

  // SIGHUP is sent if the terminal was closed (on Windows, its window).
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop(server, GRACE_MS[settings.NODE_ENV]).then(
        () => process.exit(0),
        (error: unknown) => {
          console.error('failed to stop the server gracefully', error);
          process.exit(1);
        },
      );
    });
  }

  // Also in development, where Next.js has its own handler: an error stops the start, and the database is locked from
  // here on.
  const { deps, api } = await application();
  if (isDevelopment) watchMigrations(deps);
  else listeners.api = createNodeListener(api, { maxDuration });
  const port = await listen(server, settings);
  listeners.pages = await pageListener(settings, port, server);
  const missing = missingKey(settings);
  if (missing !== undefined) console.log(missing);
  console.log(`${PRODUCT.name} is ready: ${settings.APP_URL ?? `http://localhost:${port}`}`);
}

/** True for an error of the database, because its text may quote rows. */
const mayQuoteRows = ({ sqlstate, statement, cause }: ErrorDescription): boolean =>
  sqlstate !== undefined || statement !== undefined || (cause !== undefined && mayQuoteRows(cause));

/** Returns the text to print for an error that stopped the start. */
function textOf(error: unknown): string {
  // Errors that the operator can fix need no stack.
  const expected = [EnvError, BuildError, DatabaseLockedError, DatabaseUnusableError];
  if (error instanceof Error && expected.some((kind) => error instanceof kind)) return error.message;
  if (env().NODE_ENV === 'development') return showError(error).text;
  const description = describeError(error);
  return inspect(mayQuoteRows(description) ? description : error, { depth: 6 });
}

main().catch((error: unknown) => {
  // Not with console.error, which may already write to the log.
  process.stderr.write(`${textOf(error)}\n`);
  process.exit(1);
});
