import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi, progressOf } from '../index.ts';
import { mcp } from './index.ts';

const t = initTRPC.create();
const router = t.router({
  count: t.procedure.query(async ({ signal }) => {
    const report = progressOf(signal);
    for (const step of [1, 2, 3, 2, 4]) {
      report?.(step, `Step ${step}`);
      report?.(step, 'The same');
      if (step > 2) report?.(3.5, 'Too soon, or too little');
      if (report) await pause(260);
    }
    return report !== undefined;
  }),
});
const api = createApi({
  router,
  createContext: () => ({}),
  mounts: [mcp({ name: 'example', version: '1' })],
});

test.each(Object.keys(ERAS))(
  'revision %s: progress is sent to a client that wants it, always increasing, at most 4 times a second',
  async (era) => {
    const client = await connectMcp('http://localhost/api/mcp', {
      era,
      fetch: async (input, init) => api.fetch(new Request(input, init)),
    });
    const seen: unknown[] = [];
    const onprogress = (progress: unknown) => void seen.push(progress);
    const call = { name: 'count' };
    expect(await client.callTool(call, { onprogress })).toMatchObject({ content: [{ text: 'true' }] });
    expect(seen).toEqual([1, 2, 3, 4].map((progress) => ({ progress, message: `Step ${progress}` })));
    expect(await client.callTool(call)).toMatchObject({ content: [{ text: 'false' }] });
    expect(seen).toHaveLength(4);
    await client.close();
  },
);

test('other callers get no progress', async () => {
  const response = await api.fetch(new Request('http://localhost/api/trpc/count'));
  expect(await response.json()).toEqual({ result: { data: false } });
});
