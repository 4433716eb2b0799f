import { join } from 'node:path';
import { declarationOf, sourceMapOf } from '#layer/cli/index';
import { appRouter } from '#routers/index';

const ROOT = join(import.meta.dirname, '../..');

/** The committed declaration that clients are checked against, with its path, and the map by which editors go on to the sources. */
export async function clientTypes(): Promise<{ path: string; text: string; map: string }> {
  const { text, places } = await declarationOf({
    path: join(ROOT, 'routers/index.ts'),
    name: 'appRouter',
    router: appRouter,
  });
  const path = join(ROOT, 'src/client/app-router.d.ts');
  return { path, text, map: sourceMapOf(path, text, places) };
}
