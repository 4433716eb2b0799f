import { expect, jest, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi } from '../api.ts';
import { mcp } from './index.ts';

const t = initTRPC.create();

test.each(Object.keys(ERAS))(
  'revision %s: schemas are written at the first list, and a tool whose schema fails then is left out with a warning',
  async (era) => {
    const write = jest.fn();
    const failing = z.string().meta({
      override: () => {
        write();
        throw new Error('it has no JSON Schema.');
      },
    });
    const warn = jest.fn();
    const api = createApi({
      router: t.router({
        good: t.procedure.query(() => 1),
        bad: t.procedure.output(failing).query(() => 'x'),
      }),
      createContext: () => ({}),
      rest: false,
      warn,
      mounts: [mcp({ name: 'example', version: '1' })],
    });
    expect(write).not.toHaveBeenCalled();
    const client = await connectMcp('http://localhost/api/mcp', {
      era,
      fetch: (input, init) => api.fetch(new Request(input, init)),
    });
    for (let i = 0; i < 2; i++) {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['good']);
    }
    await expect(client.callTool({ name: 'bad' })).rejects.toThrow('There is no tool bad.');
    expect(write).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls).toEqual([
      [
        'bad cannot be an MCP tool: it has no JSON Schema. Disable it with `mcp: { enabled: false }` in its meta.',
      ],
    ]);
    await client.close();
  },
);
