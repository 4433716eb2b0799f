import { join } from 'node:path';
import { appRouter } from '#routers/index';
import { declarationOf } from './router.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The committed declaration that clients are checked against: its path with its text. */
export async function clientTypes(): Promise<{ path: string; text: string }> {
  const text = await declarationOf({
    path: join(ROOT, 'routers/index.ts'),
    name: 'appRouter',
    router: appRouter,
  });
  return { path: join(ROOT, 'src/client/app-router.d.ts'), text };
}
