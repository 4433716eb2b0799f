import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { runs, shares } from '#server/db/schema/index';
import { finished } from '#test/answers';
import { callAs, failureOf, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

describe('deleting several chats', () => {
  test('deletes those of the caller, by id or client id, ends their links and stops their answers', async () => {
    const ada = await signUp(deps);
    const bob = await signUp(deps);
    const { api } = ada;
    const create = async (title: string, clientId?: string) =>
      (await api.chat.create({ title, ...(clientId !== undefined && { clientId }) })).id;
    const shared = await create('Shared');
    const named = await create('Named', 'my-name');
    const busy = await create('Busy');
    const kept = await create('Kept');
    const { id: ofBob } = await bob.api.chat.create({ title: 'Of Bob' });

    const first = await api.chat.send({ chatId: shared, parts: [{ type: 'text', text: 'One?' }] });
    const exchange = await provider.next();
    await exchange.say('One.');
    exchange.finish();
    await finished(deps, first.runId);
    const { token } = await api.chat.shares.set({ chatId: shared });
    const { runId } = await api.chat.send({ chatId: busy, parts: [{ type: 'text', text: 'Two?' }] });
    await (await provider.next()).say('So far');

    const ids = [shared, 'my-name', busy, ofBob, 'unknown', shared];
    expect(await api.chat.deleteMany({ ids })).toEqual({ deleted: 3 });
    expect((await api.chat.list({})).items.map(({ id }) => id)).toEqual([kept]);
    expect(await failureOf(api.chat.get({ id: named }))).toBe('NOT_FOUND');
    expect(await failureOf(callAs(deps).chat.shares.get({ token }))).toBe('NOT_FOUND');
    expect(await deps.db.$count(shares, eq(shares.chatId, shared))).toBe(0);
    const [run] = await deps.db.select().from(runs).where(eq(runs.id, runId));
    expect(run?.cancelRequestedAt).not.toBeNull();
    await finished(deps, runId);
    expect((await bob.api.chat.get({ id: ofBob })).title).toBe('Of Bob');
    expect(await api.chat.deleteMany({ ids })).toEqual({ deleted: 0 });
  });

  test('takes 1 to 100 ids', async () => {
    const { api } = await signUp(deps);
    const ids = Array.from({ length: 101 }, (_, index) => `chat-${index}`);
    expect(await failureOf(api.chat.deleteMany({ ids }))).toBe('INVALID_INPUT');
    expect(await failureOf(api.chat.deleteMany({ ids: [] }))).toBe('INVALID_INPUT');
    expect(await api.chat.deleteMany({ ids: ids.slice(1) })).toEqual({ deleted: 0 });
  });
});
