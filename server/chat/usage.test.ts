import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Deps } from '#server/compose';
import { finished } from '#test/answers';
import { failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type ProviderServer, startProviderServer } from '#test/provider-server';

let provider: ProviderServer;
let deps: Deps;
let admin: Person;
let ada: Person;

beforeAll(async () => {
  provider = await startProviderServer();
  const settings = {
    AI_MODEL: 'openai-compatible/normal',
    AI_BASE_URL: provider.url,
    AI_DAILY_TOKENS: '100',
  };
  deps = await startInstance({ settings });
  admin = await signUp(deps, 'Admin');
  ada = await signUp(deps);
});

afterAll(() => provider.close());

let requests = 0;
async function ask(person: Person): Promise<string> {
  const { id: chatId } = await person.api.chat.create({ title: 'Test' });
  const parts = [{ type: 'text' as const, text: 'hello' }];
  const { runId } = await person.api.chat.send({ chatId, clientRequestId: `request-${++requests}`, parts });
  await finished(deps, runId);
  return chatId;
}

test('tokens count by day, even those of deleted chats, and a used-up quota rejects the next send', async () => {
  await admin.api.users.setQuota({ id: ada.id, dailyTokens: 1000 });
  const chatId = await ask(ada);
  await ada.api.chat.delete({ id: chatId });
  const { items, quota } = await ada.api.protected.usage({});
  const [today] = items;
  expect(items).toHaveLength(1);
  expect(today).toMatchObject({ day: new Date().toISOString().slice(0, 10), runs: 1 });
  const used = (today?.inputTokens ?? 0) + (today?.outputTokens ?? 0);
  expect(used).toBeGreaterThan(1);
  // The tokens of the title belong to the same model.
  const { inputTokens = 0, outputTokens = 0 } = today ?? {};
  expect(today?.models).toEqual([{ model: 'openai-compatible/normal', inputTokens, outputTokens }]);
  expect(quota).toMatchObject({ dailyTokens: 1000, usedToday: used, reservedToday: 0 });
  expect(quota?.resetsAt.toISOString()).toMatch(/T00:00:00.000Z$/);

  await admin.api.users.setQuota({ id: ada.id, dailyTokens: used });
  const failure: unknown = await ask(ada).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'QUOTA_EXCEEDED', code: 'TOO_MANY_REQUESTS' });
  expect(failure).toHaveProperty('options.retryAfter');
  expect((await ada.api.chat.list({})).items.map((chat) => chat.activeRunId)).toEqual([null]);
});

test('an admin can set a quota for a user and reset it', async () => {
  const bea = await signUp(deps, 'Bea');
  expect(await failureOf(ask(bea))).toBe('QUOTA_EXCEEDED');
  await admin.api.users.setQuota({ id: bea.id, dailyTokens: 1_000_000 });
  await ask(bea);
  expect((await bea.api.protected.usage({})).quota?.dailyTokens).toBe(1_000_000);
  await admin.api.users.setQuota({ id: bea.id, dailyTokens: null });
  expect(await failureOf(ask(bea))).toBe('QUOTA_EXCEEDED');
  expect(await failureOf(bea.api.users.setQuota({ id: bea.id, dailyTokens: 5 }))).toBe('FORBIDDEN');
});
