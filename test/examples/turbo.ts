import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES, run, whileServed, type Workshop } from './kit.ts';

const PNPM = 'npm exec --yes --package=pnpm@10.34.9 -- pnpm';

/** Builds and calls a workspace of pnpm in the layout of create-t3-turbo, whose router is a package of its own. */
export async function checkTurbo({ root, tarball }: Workshop): Promise<string> {
  const folder = join(root, 'turbo');
  const web = join(folder, 'apps/web');
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  cpSync(join(EXAMPLES, 'turbo'), folder, { recursive: true });
  await run(`${PNPM} install --no-frozen-lockfile`, { folder });
  await run(`${PNPM} add ${tarball}`, { folder: web });
  await run('npx next typegen', { folder: web, env });
  await run('npx tsc --noEmit', { folder: web, env });
  await run('npx next build', { folder: web, env });
  const next = join(web, 'node_modules/next/dist/bin/next');
  await whileServed(
    (port) => [next, 'start', '--port', port],
    { folder: web, env },
    async (origin) => {
      assert.match(await (await fetch(origin)).text(), /<li>Hello<\/li>/);
      const post = await fetch(`${origin}/api/v1/post/byId?id=7`);
      assert.deepEqual(await post.json(), { id: '7', title: 'Hello', createdAt: '2026-01-01T00:00:00.000Z' });
      const rpc = await fetch(`${origin}/api/trpc/whoami,post.all?batch=1`, {
        headers: { 'x-trpc-source': 'test' },
      });
      const text = await rpc.text();
      assert.match(text, /"json":"test"/);
      assert.match(text, /"values":\{"0.createdAt":\["Date"\]\}/);
    },
  );
  return 'a router in a package, installed by pnpm';
}
