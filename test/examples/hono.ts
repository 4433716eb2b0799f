import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { COMPILERS, EXAMPLES, run, whileServed, type Workshop } from './kit.ts';

/** Copies an example, installs the layer in it, and type-checks it under each compiler. @returns its folder. */
export async function install(name: string, { root, tarball }: Workshop): Promise<string> {
  const folder = join(root, name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  await run(`npm install --no-audit --no-fund ${tarball}`, { folder });
  for (const version of COMPILERS) {
    await run(`npm exec --yes --package=typescript@${version} -- tsc -p .`, { folder });
  }
  return folder;
}

/** Serves the API by Hono on Node, and calls it. */
export async function checkHono(workshop: Workshop): Promise<string> {
  const folder = await install('hono', workshop);
  await whileServed(
    () => ['server.ts'],
    { folder },
    async (origin) => {
      const create = (headers: Record<string, string>) =>
        fetch(`${origin}/api/v1/notes`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ text: 'Buy milk' }),
        });
      assert.equal((await create({})).status, 401);
      const created = await create({ 'x-user': 'ada' });
      assert.deepEqual([created.status, created.headers.get('location')], [201, '/api/v1/notes/1']);
      const note = await fetch(`${origin}/api/v1/notes/1`);
      assert.deepEqual(await note.json(), { id: '1', text: 'Buy milk' });
      assert.equal((await fetch(`${origin}/api/v1/notes/2`)).status, 404);
      const rpc = await fetch(`${origin}/api/trpc/notes.get?input=${encodeURIComponent('{"id":"1"}')}`);
      assert.deepEqual(await rpc.json(), { result: { data: { id: '1', text: 'Buy milk' } } });
      assert.equal(await (await fetch(origin)).text(), 'Notes');
      const page = await (await fetch(`${origin}/api/docs/notes/create`)).text();
      assert.match(page, /POST<\/span> <code>\/api\/v1\/notes/);
    },
  );
  return `type-checks under TypeScript ${COMPILERS.join(', ')}, and serves`;
}
