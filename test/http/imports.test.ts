import { expect, test } from '@jest/globals';
import { caller, idOf, itemsOf, signUp, until } from '#test/client';
import { exchange } from '#test/conversations';
import { expectProblem } from '#test/problem';
import { startServer } from '#test/server';

const CHATS = 600;

/** The time limit of the rest of an import. A busy machine imports some dozens of chats per second. */
const COMPLETED_MS = 60_000;

test(
  'an import that was killed is completed by the next start, without duplicates',
  async () => {
    const server = await startServer();
    const ada = await signUp(server.url);
    const content = JSON.stringify(Array.from({ length: CHATS }, (_, index) => exchange(String(index))));
    const started = await ada.rest('POST /imports', { json: { content } });
    expect(started).toMatchObject({ status: 202, body: { pending: CHATS, imported: 0 } });
    const importId = idOf(started);
    expectProblem(await ada.rest('POST /imports', { json: { content: '[]' } }), 'CONFLICT');
    await until(
      () => ada.rpc.chat.imports.list.query({}),
      ({ items }) => (items[0]?.imported ?? 0) > 0,
    );
    await server.kill9();

    const again = await startServer(server.settings);
    try {
      const back = caller(again.url, ada.headers);
      const { items } = await back.rpc.chat.imports.list.query({});
      expect(items[0]?.pending).toBeGreaterThan(0);
      await until(
        () => back.rpc.chat.imports.list.query({}),
        ({ items: [first] }) => first?.pending === 0,
        COMPLETED_MS,
      );
      const part = await back.rest(`POST /imports/${importId}/parts`, { json: { content: '[7]' } });
      expect(part.status).toBe(202);
      await until(
        () => back.rpc.chat.imports.list.query({}),
        ({ items: [first] }) => first?.pending === 0,
      );
      expect(itemsOf(await back.rest('GET /imports'))).toMatchObject([
        { id: importId, imported: CHATS, skipped: 0, failed: 1 },
      ]);
      expect((await back.rest(`GET /imports/${importId}/failures`)).body).toMatchObject({
        items: [{ position: CHATS, title: '' }],
      });
      const titles = new Set<string>();
      let cursor: string | null | undefined;
      let count = 0;
      do {
        const page = await back.rpc.chat.list.query({ limit: 100, ...(cursor != null && { cursor }) });
        for (const { title } of page.items) titles.add(title);
        count += page.items.length;
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect([count, titles.size]).toEqual([CHATS, CHATS]);
    } finally {
      await again.stop();
    }
  },
  2 * COMPLETED_MS,
);
