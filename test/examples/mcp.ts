import assert from 'node:assert/strict';
import { install } from './hono.ts';
import { run, whileServed, type Workshop } from './kit.ts';

const TASK = '{"id":1,"text":"Buy a tree","due":"2026-12-24T18:00:00.000Z"}';

/** Serves a tRPC router to agents, and lists and calls its tools by the official client, in both eras of the protocol. */
export async function checkMcp(workshop: Workshop): Promise<string> {
  const folder = await install('mcp', workshop);
  const revisions: string[] = [];
  for (const era of ['legacy', 'modern']) {
    await whileServed(
      () => ['server.ts'],
      { folder },
      async (origin) => {
        assert.equal((await fetch(`${origin}/api/mcp`, { method: 'POST' })).status, 401);
        const output = await run(`node agent.ts ${origin}/api/mcp ${era}`, { folder });
        const [revision = '', ...lines] = output.trim().split('\n');
        revisions.push(revision);
        assert.deepEqual(lines, [
          'task_list reads',
          'task_add writes',
          `{"items":[${TASK}]}`,
          'true [{"type":"text","text":"INVALID_INPUT: text: must not be empty\\n- /text must not be empty"}]',
        ]);
        const key = { authorization: 'Bearer key-of-ada' };
        const rpc = await fetch(`${origin}/api/trpc/task.list?input=${encodeURIComponent('{}')}`, {
          headers: key,
        });
        assert.equal(await rpc.text(), `{"result":{"data":{"items":[${TASK}]}}}`);
      },
    );
  }
  assert.deepEqual(revisions, ['2025-11-25', '2026-07-28']);
  return `the official client lists and calls tools by ${revisions.join(' and ')}`;
}
