import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { createNodeListener } from '#layer/hosts/node';
import { serveRouter } from '#routers/api';
import { appRouter } from '#routers/index';
import type { Deps } from '#server/compose';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { type InstanceOptions, startInstance } from '#test/caller';
import { listen } from '#test/listen';

// superjson recognizes plain objects by their prototype, so the JSON that tRPC reads must be of the test's realm.
globalThis.Request = class extends Request {
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }
};

/** An instance of the API in this process, served over HTTP. */
export interface ServedInstance {
  /** Its origin, for `caller` and `signUp` of test/client.ts. */
  url: string;
  deps: Deps;
  close: () => Promise<void>;
}

export interface ServedOptions extends InstanceOptions {
  /** The router to serve instead of the product's. */
  router?: AnyTRPCRouter;
  /** The port to listen on; a free one by default. */
  port?: number;
}

/**
 * Serves the API on a free port of 127.0.0.1 with the test database, which the test can read. A second call in the same
 * file starts another instance on the same data.
 */
export async function serveInstance({
  router = appRouter,
  port: wanted,
  ...options
}: ServedOptions = {}): Promise<ServedInstance> {
  const deps = await startInstance(options);
  const api = serveRouter(deps, router, { title: 'Test', version: '1' });
  const listener = createNodeListener(api, { maxDuration: MAX_DURATION_SECONDS });
  // Longer than a stall of the machine, after which a client would send a request on a connection that is being closed.
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => void listener(req, res));
  const port = await listen(server, wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    deps,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await deps.close();
    },
  };
}
