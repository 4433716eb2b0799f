import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { chats } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import { router, signedIn } from '#server/procedures';
import { type ParsedResponse, caller, idOf, newMessage, signUp } from '#test/client';
import { expectProblem } from '#test/problem';
import { serveInstance } from '#test/served';

const one = await serveInstance();
afterAll(one.close);
const two = await serveInstance();
afterAll(two.close);

const Title = z.object({ title: z.string() });
const Note = z.object({ id: z.string(), title: z.string() });
/** Called between the check of a precondition and the change. */
let beforeChange: () => Promise<void> = () => Promise.resolve();
const notes = router({
  get: signedIn
    .meta({ openapi: { method: 'GET', path: '/notes/{id}' } })
    .input(z.object({ id: z.string() }))
    .output(Title)
    .query(async ({ ctx, input }) => {
      const mine = and(eq(chats.userId, ctx.actor.userId), eq(chats.id, input.id));
      const [note] = await ctx.deps.db.select({ title: chats.title }).from(chats).where(mine);
      if (!note) throw notFound('note');
      return note;
    }),
  put: signedIn
    .meta({ openapi: { method: 'PUT', path: '/notes/{id}' } })
    .input(Note)
    .output(Title)
    .mutation(async ({ ctx, input: { id, title } }) => {
      await beforeChange();
      await ctx.deps.db
        .insert(chats)
        .values({ id, title, userId: ctx.actor.userId })
        .onConflictDoUpdate({ target: chats.id, set: { title } });
      return { title };
    }),
});
const noteTaker = await serveInstance({ router: notes });
afterAll(noteTaker.close);

await signUp(one.url);
const ada = await signUp(one.url);
const adaAtTwo = caller(two.url, ada.headers);
const adaTakingNotes = caller(noteTaker.url, ada.headers, false);

const newChat = async (json = {}) => idOf(await ada.rest('POST /chats', { json }));
const etagOf = ({ headers }: ParsedResponse) => headers.get('etag') ?? '';
const titleOf = async (id: string) =>
  z.looseObject({ title: z.string() }).parse((await ada.rest(`GET /chats/${id}`)).body).title;

describe('a response to GET', () => {
  test('has an entity tag, and the body is sent again only after a change', async () => {
    const id = await newChat({ title: 'State' });
    const shown = await ada.rest(`GET /chats/${id}`);
    const etag = etagOf(shown);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(shown.headers.get('cache-control')).toBe('private, no-cache');
    for (const [method, known] of [
      ['GET', etag],
      ['HEAD', etag],
      ['GET', `"other", W/${etag}`],
      ['GET', '*'],
    ] as const) {
      const again = await adaAtTwo.rest(`${method} /chats/${id}`, { headers: { 'if-none-match': known } });
      expect(again).toMatchObject({ status: 304, body: null });
      expect(etagOf(again)).toBe(etag);
      expect(again.headers.get('cache-control')).toBe('private, no-cache');
      expect(again.headers.get('content-type')).toBeNull();
    }
    const unread = await ada.rest(`GET /chats/${id}`, { headers: { 'if-none-match': 'no tag' } });
    expect(unread.status).toBe(200);
    await ada.rest(`PATCH /chats/${id}`, { json: { title: 'Other state' } });
    const changed = await ada.rest(`GET /chats/${id}`, { headers: { 'if-none-match': etag } });
    expect(changed).toMatchObject({ status: 200, body: { title: 'Other state' } });
    expect(etagOf(changed)).not.toBe(etag);
  });

  test('has an entity tag for a list', async () => {
    await newChat({ title: 'Another' });
    const headers = { 'if-none-match': etagOf(await ada.rest('GET /chats?limit=2')) };
    expect((await ada.rest('GET /chats?limit=2', { headers })).status).toBe(304);
    expect((await ada.rest('GET /chats?limit=1', { headers })).status).toBe(200);
  });

  test('does not reveal to others by its entity tag that a resource exists', async () => {
    const id = await newChat();
    const headers = { 'if-none-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
    expectProblem(await (await signUp(one.url)).rest(`GET /chats/${id}`, { headers }), 'NOT_FOUND');
    expectProblem(await caller(one.url).rest(`GET /chats/${id}`, { headers }), 'UNAUTHORIZED');
  });
});

describe('a change with If-Match', () => {
  test('succeeds if the state has not changed, and returns the new entity tag', async () => {
    const id = await newChat({ title: 'One' });
    const read = await ada.rest(`GET /chats/${id}`);
    const updated = await ada.rest(`PATCH /chats/${id}`, {
      json: { title: 'Two' },
      headers: { 'if-match': `"other", ${etagOf(read)}` },
    });
    expect(updated).toMatchObject({ status: 200, body: { title: 'Two' } });
    expect(updated.headers.get('cache-control')).toBe('private, no-store');
    expect(etagOf(updated)).toBe(etagOf(await ada.rest(`GET /chats/${id}`)));
    const next = { json: { title: 'Three' }, headers: { 'if-match': etagOf(updated) } };
    expect((await ada.rest(`PATCH /chats/${id}`, next)).status).toBe(200);
  });

  test('is rejected if the state has changed', async () => {
    const id = await newChat({ title: 'One' });
    const headers = { 'if-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
    await ada.rest(`PATCH /chats/${id}`, { json: { title: 'Two' } });
    for (const call of [`PATCH /chats/${id}`, `DELETE /chats/${id}`]) {
      const sent = call.startsWith('PATCH') ? { json: { title: 'Three' }, headers } : { headers };
      const rejected = await ada.rest(call, sent);
      expectProblem(rejected, 'PRECONDITION_FAILED');
      expect(etagOf(rejected)).toBe(etagOf(await ada.rest(`GET /chats/${id}`)));
    }
    expect(await titleOf(id)).toBe('Two');
  });

  test('works for PUT and PATCH of a profile', async () => {
    const { name, email } = ada;
    const headers = { 'if-match': etagOf(await ada.rest(`GET /users/${ada.id}`)) };
    const put = await ada.rest(`PUT /users/${ada.id}`, { json: { name, email }, headers });
    expect(put.status).toBe(200);
    expectProblem(
      await ada.rest(`PATCH /users/${ada.id}`, { json: { name }, headers }),
      'PRECONDITION_FAILED',
    );
    const now = { 'if-match': etagOf(put) };
    expect((await ada.rest(`PATCH /users/${ada.id}`, { json: { name }, headers: now })).status).toBe(200);
  });

  test('is rejected with a weak tag, and with * succeeds if the resource exists', async () => {
    const id = await newChat();
    const weak = { 'if-match': `W/${etagOf(await ada.rest(`GET /chats/${id}`))}` };
    expectProblem(await ada.rest(`DELETE /chats/${id}`, { headers: weak }), 'PRECONDITION_FAILED');
    const headers = { 'if-match': '*' };
    expect((await ada.rest(`DELETE /chats/${id}`, { headers })).status).toBe(204);
    expectProblem(await ada.rest(`DELETE /chats/${id}`, { headers }), 'NOT_FOUND');
  });

  test('fails for another user’s resource in the same way as without If-Match', async () => {
    const id = await newChat();
    const headers = { 'if-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
    const bob = await signUp(one.url);
    expectProblem(await bob.rest(`DELETE /chats/${id}`, { headers }), 'NOT_FOUND');
    expectProblem(await caller(one.url).rest(`DELETE /chats/${id}`, { headers }), 'UNAUTHORIZED');
  });

  test('is rejected if the resource has no GET', async () => {
    const id = await newChat();
    // The OpenAPI document does not declare the header for these operations.
    const undescribed = caller(one.url, ada.headers, false);
    const headers = { 'if-match': '*' };
    expectProblem(await undescribed.rest('POST /chats', { json: {}, headers }), 'PRECONDITION_FAILED');
    const json = { messageId: 'x' };
    expectProblem(
      await undescribed.rest(`PUT /chats/${id}/branch`, { json, headers }),
      'PRECONDITION_FAILED',
    );
  });

  test('is rejected if its value is not an entity tag', async () => {
    for (const value of ['abc', '"a" "b"', '"a",', '']) {
      const rejected = await ada.rest('PATCH /chats/x', { json: {}, headers: { 'if-match': value } });
      expect(expectProblem(rejected, 'BAD_REQUEST').detail).toMatch(/^if-match must be/);
    }
  });

  test('stops an answer in progress if it deletes the chat', async () => {
    const id = await newChat({ model: 'guide' });
    await ada.rest(`POST /chats/${id}/messages`, { json: newMessage('Tell me everything about REST') });
    const deleted = async () => {
      const headers = { 'if-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
      return (await ada.rest(`DELETE /chats/${id}`, { headers })).status;
    };
    let status = 412;
    while (status === 412) status = await deleted();
    expect(status).toBe(204);
    for (let i = 0; i < 100 && one.deps.runs.activeCount() > 0; i++) await pause(20);
    expect(one.deps.runs.activeCount()).toBe(0);
  });
});

describe('lost updates', () => {
  test('do not happen with the same If-Match on two instances: exactly one change succeeds', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await newChat({ title: 'Start' });
      const headers = { 'if-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
      const responses = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          (i % 2 === 0 ? ada : adaAtTwo).rest(`PATCH /chats/${id}`, { json: { title: `T${i}` }, headers }),
        ),
      );
      const winners = responses.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      for (const loser of responses.filter(({ status }) => status !== 200)) {
        expectProblem(loser, 'PRECONDITION_FAILED');
      }
      expect(winners[0]?.body).toMatchObject({ title: await titleOf(id) });
    }
  });

  test('do not happen to a change without If-Match: it remains in any order', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await newChat({ title: 'Start' });
      const headers = { 'if-match': etagOf(await ada.rest(`GET /chats/${id}`)) };
      const conditional = (i: number) =>
        ada.rest(`PATCH /chats/${id}`, { json: { title: `T${i}` }, headers });
      await Promise.all([
        conditional(0),
        conditional(1),
        adaAtTwo.rpc.chat.update.mutate({ id, title: 'Unconditional' }),
        conditional(2),
      ]);
      expect(await titleOf(id)).toBe('Unconditional');
    }
  });

  test('do not happen to a change between the check and the change of another call', async () => {
    const id = await newChat({ title: 'Start' });
    const headers = { 'if-match': etagOf(await adaTakingNotes.rest(`GET /notes/${id}`)) };
    const between = Promise.withResolvers<unknown>();
    beforeChange = async () => {
      beforeChange = () => Promise.resolve();
      between.resolve(ada.rest(`PATCH /chats/${id}`, { json: { title: 'Between' } }));
      await pause(200);
    };
    const changed = await adaTakingNotes.rest(`PUT /notes/${id}`, { json: { title: 'Late' }, headers });
    await between.promise;
    // On Postgres, the other change commits first and this one fails. The embedded database makes the other one wait.
    if (one.deps.database.kind === 'postgres') expectProblem(changed, 'PRECONDITION_FAILED');
    else expect(changed.status).toBe(200);
    expect(await titleOf(id)).toBe('Between');
  });

  test('do not happen with If-None-Match: * : exactly one call creates the resource', async () => {
    const headers = { 'if-none-match': '*' };
    const put = (title: string) => adaTakingNotes.rest('PUT /notes/new-note', { json: { title }, headers });
    const responses = await Promise.all(['A', 'B', 'C'].map(put));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expectProblem(await put('D'), 'PRECONDITION_FAILED');
  });
});
