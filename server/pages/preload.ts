import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';

/** Next's list of pages and routes, by the path of their code in `.next/server`. */
const Manifest = z.record(z.string(), z.string());
const PAGE = '/page';

/**
 * Loads the code of all pages, one in each turn of the event loop, so that the first request for a page does not wait
 * for it. Next would do it before the server is ready, and without letting requests in. A page that cannot be loaded
 * fails when it is requested.
 * @param folder the path of .next. Next must be prepared.
 */
export async function preloadPages(folder: string): Promise<void> {
  const server = join(folder, 'server');
  const load = createRequire(join(server, 'pages'));
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(server, 'app-paths-manifest.json'), 'utf8')));
  for (const [page, file] of Object.entries(manifest)) {
    if (!page.endsWith(PAGE)) continue;
    await turn();
    try {
      load(join(server, file));
    } catch {
      // Next reports it with the request.
    }
  }
}
