import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import next from 'next';
import { z } from 'zod';
import type { Listener } from '#layer/hosts/node';
import { application } from '#routers/application';
import type { Env } from '#server/env';
import { renderFor } from '#server/pages/current';
import { servePages } from '#server/pages/index';
import { isLocalRequest } from '#server/transport/local-request';

/** The folder of the project. */
const ROOT = join(import.meta.dirname, '..');

/** What Next.js writes into a build for a server without `next.config.ts`. */
const BuiltFor = z.object({ config: z.record(z.string(), z.unknown()) });

/** Sets a variable that Next.js reads in this process. */
function setForNext(name: string, value: string): void {
  // eslint-disable-next-line no-restricted-properties -- not a setting of ours: Next reads it
  process.env[name] = value;
}

/** Lets Next.js take its configuration from the build, in a bundle, which has no `next.config.ts` (`npm run bundle`). */
function useBuiltConfiguration(): void {
  if (existsSync(join(ROOT, 'next.config.ts'))) return;
  const file = join(ROOT, '.next/required-server-files.json');
  const { config } = BuiltFor.parse(JSON.parse(readFileSync(file, 'utf8')));
  setForNext('__NEXT_PRIVATE_STANDALONE_CONFIG', JSON.stringify(config));
}

/**
 * Serves pages with Next.js. In development, it serves the API too, so that edits take effect immediately.
 * @param port the port of `httpServer`.
 */
export async function pageListener(
  { NODE_ENV, HOST }: Env,
  port: number,
  httpServer: Server,
): Promise<Listener> {
  const dev = NODE_ENV === 'development';
  // Read by next.config.ts.
  globalThis.servesPages = !dev;
  // Without it, Next loads a compiler to read next.config.ts. `next start --experimental-next-config-strip-types` sets it.
  setForNext('__NEXT_NODE_NATIVE_TS_LOADER_ENABLED', String(!dev));
  useBuiltConfiguration();
  const app = next({
    dev,
    dir: ROOT,
    hostname: HOST,
    port,
    httpServer,
  });
  await app.prepare();
  const listener = app.getRequestHandler();
  // Next.js adds the headers of a proxy before it calls the API.
  if (dev) return (req, res) => renderFor({ isLocal: isLocalRequest(req) }, () => listener(req, res));
  const { deps } = await application();
  return servePages(listener, join(ROOT, '.next/static'), deps);
}
