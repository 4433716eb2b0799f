import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { runs } from '#server/db/schema/index';
import { finished, until, untilShown } from '#test/answers';
import { callAs, failureOf, type Person, signIn, signInAsGuest, signUp, startInstance } from '#test/caller';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

const QUOTA = 1000;
/** The minimum that an answer needs in addition to its input. */
const MIN_OUTPUT = 200;

let provider: ScriptedProvider;
let deps: Deps;
/** Another instance on the same database. */
let other: Deps;
let admin: Person;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_DAILY_TOKENS: String(QUOTA),
    AI_DAILY_TOKENS_PER_ADDRESS: '1000000',
    AI_OUTPUT_TOKENS: '600',
    AI_ANSWERS_PER_USER: '100',
    AI_ANSWERS_PER_ADDRESS: '100',
  };
  deps = await startInstance({ settings, renewMs: 50 });
  other = await startInstance({ settings, renewMs: 50 });
  admin = await signUp(deps, 'Admin');
});

afterAll(async () => {
  await other.close();
  await provider.close();
});

type Asker = Pick<Person, 'api'>;

let requests = 0;
async function ask({ api }: Asker, question = 'Go!', title: string | undefined = 'Test') {
  const { id: chatId } = await api.chat.create(title === '' ? {} : { title });
  const parts = [{ type: 'text' as const, text: question }];
  return api.chat.send({ chatId, clientRequestId: `r-${++requests}`, parts });
}

/** Asks a question and waits for the request at the provider. */
async function begin(asker: Asker, question?: string) {
  const run = await ask(asker, question);
  return { ...run, exchange: await provider.next() };
}

async function quotaOf({ api }: Asker) {
  const { quota } = await api.protected.usage({});
  if (!quota) throw new Error('There is no quota.');
  return quota;
}

const spent = async (asker: Asker) => (await quotaOf(asker)).usedToday;
const reserved = async (asker: Asker) => (await quotaOf(asker)).reservedToday;

/** Expects a call to be rejected. @returns the seconds of its `retryAfter`. */
async function rejected(call: Promise<unknown>): Promise<number> {
  const error: unknown = await call.then(
    () => 'The call succeeded.',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ kind: 'QUOTA_EXCEEDED', options: { retryAfter: expect.any(Number) } });
  const { options } = error as { options: { retryAfter: number } };
  return options.retryAfter;
}

/** Uses so many tokens that no further answer fits into the quota. */
const exhaust = async (asker: Asker) => {
  const { exchange, runId } = await begin(asker);
  exchange.finish(50, QUOTA - 150);
  await finished(deps, runId);
};

const tomorrow = () => (Date.UTC(2000, 0, 2) - (Date.now() % 86_400_000) - Date.UTC(2000, 0, 1)) / 1000;

test('40 simultaneous sends do not exceed the quota', async () => {
  const ada = await signUp(deps);
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => ask(ada)));
  const started = results.filter(({ status }) => status === 'fulfilled').length;
  for (let i = 0; i < started; i++) {
    const { finish, maxTokens } = await provider.next();
    finish(50, maxTokens ?? 1050);
  }
  await until(() => deps.runs.activeCount() === 0);
  expect(await spent(ada)).toBeLessThanOrEqual(QUOTA);
  expect(started).toBeGreaterThan(0);
  expect(await reserved(ada)).toBe(0);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'QUOTA_EXCEEDED' });
  }
});

describe('a send', () => {
  test('limits the output of its model to the setting or to the remaining quota of all instances', async () => {
    const ada = await signUp(deps);
    const first = await begin(ada);
    expect(first.exchange.maxTokens).toBe(600);
    const left = QUOTA - (await reserved(ada));
    const second = await begin({ api: callAs(other, ada.headers) });
    expect(second.exchange.maxTokens).toBeGreaterThanOrEqual(MIN_OUTPUT);
    expect(second.exchange.maxTokens).toBeLessThan(left);
    expect(await reserved(ada)).toBe(QUOTA);
    // It may fit when one of these ends.
    expect(await rejected(ask(ada))).toBe(5);
    first.exchange.finish(50, 600);
    second.exchange.finish(50, 200);
    await finished(deps, first.runId);
    await finished(other, second.runId);
    expect(await quotaOf(ada)).toMatchObject({ usedToday: 900, reservedToday: 0 });
    // Fewer than 200 tokens are left.
    expect(Math.abs((await rejected(ask(ada))) - tomorrow())).toBeLessThan(5);
  });

  test('reserves an upper bound of the input tokens, and the input counts', async () => {
    const ada = await signUp(deps);
    const { exchange, runId } = await begin(ada, '世界'.repeat(80));
    // Each of the bytes may be a token.
    expect(exchange.maxTokens).toBeLessThan(QUOTA - 480);
    exchange.finish(480, exchange.maxTokens);
    await finished(deps, runId);
    expect(await spent(ada)).toBeLessThanOrEqual(QUOTA);
    const bea = await signUp(deps, 'Bea');
    await rejected(ask(bea, '世界'.repeat(150)));
    expect(await reserved(bea)).toBe(0);
  });

  test('is not limited with the offline guide, which uses no tokens', async () => {
    const ada = await signUp(deps);
    await exhaust(ada);
    const { id: chatId } = await ada.api.chat.create({ model: 'guide' });
    const parts = [{ type: 'text' as const, text: 'Hello' }];
    const { runId } = await ada.api.chat.send({ chatId, clientRequestId: 'guide', parts });
    await finished(deps, runId);
    expect(await spent(ada)).toBe(QUOTA - 100);
  });

  test('counts tokens that a model uses beyond its limit', async () => {
    const ada = await signUp(deps);
    const { exchange, runId } = await begin(ada);
    exchange.finish(50, 5000);
    await finished(deps, runId);
    expect(await spent(ada)).toBe(5050);
    await rejected(ask(ada));
  });

  test('in a snapshot does not take tokens that others have reserved since', async () => {
    // The embedded database has one connection.
    if (deps.database.kind === 'pglite') return;
    const ada = await signUp(deps);
    const api = callAs(other, ada.headers);
    const chat = await api.chat.create({ title: 'Test' });
    const first = await begin(ada);
    const second = await begin(ada);
    first.exchange.finish(50, 50);
    second.exchange.finish(50, 50);
    await finished(deps, first.runId);
    await finished(deps, second.runId);
    const taking: Exchange[] = [];
    await expect(
      deps.database.snapshot(async (database) => {
        await database.execute(sql`select from runs`);
        taking.push((await begin(ada)).exchange);
        const inside = callAs({ ...deps, database, db: database.db }, ada.headers);
        const parts = [{ type: 'text' as const, text: 'Go!' }];
        await inside.chat.send({ chatId: chat.id, clientRequestId: 'inside', parts });
      }),
    ).rejects.toThrow();
    for (const { finish } of taking) finish();
    await until(() => deps.runs.activeCount() === 0);
  });
});

describe('an answer', () => {
  /** Starts an answer that has 400 characters so far, about 100 tokens. */
  async function halfWay(asker: Asker) {
    const run = await begin(asker);
    await run.exchange.say('word'.repeat(100));
    await untilShown(asker.api, run.chatId, 'word');
    expect(await reserved(asker)).toBeGreaterThan(600);
    return run;
  }
  const settled = async (asker: Asker) => {
    await until(async () => (await reserved(asker)) === 0);
    expect(await spent(asker)).toBeGreaterThan(100);
    expect(await spent(asker)).toBeLessThan(200);
  };

  test('counts if it is stopped', async () => {
    const ada = await signUp(deps);
    const { chatId } = await halfWay(ada);
    await ada.api.chat.stop({ chatId });
    await settled(ada);
  });

  test('fails with ANSWER_TOO_LONG at its token limit and can be continued', async () => {
    const ada = await signUp(deps);
    await admin.api.users.setQuota({ id: ada.id, dailyTokens: 2 * QUOTA });
    const { chatId, runId, exchange } = await begin(ada);
    await exchange.say('The first half');
    exchange.finish(50, exchange.maxTokens, 'length');
    const chunks = await finished(deps, runId);
    expect(JSON.stringify(chunks)).toContain('limited this answer to 600 tokens');
    const { items } = await ada.api.chat.messages({ chatId });
    expect(items.at(-1)).toMatchObject({ status: 'failed', error: 'ANSWER_TOO_LONG' });
    expect(await spent(ada)).toBe(650);
    await ada.api.chat.continue({ chatId });
    (await provider.next()).finish();
    await until(() => deps.runs.activeCount() === 0);
  });

  test('counts if it fails', async () => {
    const ada = await signUp(deps);
    const { exchange } = await halfWay(ada);
    exchange.cut();
    await settled(ada);
  });

  test.each(['this', 'another'])('counts if its chat is deleted on %s instance', async (instance) => {
    const ada = await signUp(deps);
    const { chatId, exchange } = await halfWay(ada);
    const api = instance === 'this' ? ada.api : callAs(other, ada.headers);
    await api.chat.delete({ id: chatId });
    await exchange.abandoned;
    await settled(ada);
  });

  test('counts by its length if the provider does not report usage', async () => {
    const ada = await signUp(deps);
    const { exchange, runId } = await halfWay(ada);
    exchange.finish(NaN, NaN);
    await finished(deps, runId);
    await settled(ada);
  });

  test.each([0, 6])(
    'is settled by the next instance if its server died after %d failed takeovers',
    async (takeovers) => {
      const ada = await signUp(deps);
      const { runId, exchange } = await halfWay(ada);
      const max = await reserved(ada);
      // The lease has expired, but its owner has not noticed.
      await deps.db
        .update(runs)
        .set({ ownerId: 'gone', takeovers, leaseExpiresAt: new Date(0) })
        .where(eq(runs.id, runId));
      await until(async () => (await reserved(ada)) === 0);
      if (takeovers === 0) await settled(ada);
      // The log was not read, so the whole reservation counts.
      else expect(await spent(ada)).toBeGreaterThan(600);
      expect(await spent(ada)).toBeLessThanOrEqual(max);
      exchange.finish();
      await until(() => deps.runs.activeCount() === 0);
      expect(await spent(ada)).toBeLessThanOrEqual(max);
    },
  );

  test('counts for the day on which it started', async () => {
    const ada = await signUp(deps);
    const { runId, exchange } = await halfWay(ada);
    await deps.db
      .update(runs)
      .set({ day: sql`day - 1` })
      .where(eq(runs.id, runId));
    expect(await quotaOf(ada)).toMatchObject({ usedToday: 0, reservedToday: 0 });
    exchange.finish(50, 500);
    await finished(deps, runId);
    expect(await spent(ada)).toBe(0);
    const { items } = await ada.api.protected.usage({});
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(items).toContainEqual(expect.objectContaining({ day: yesterday, runs: 1, outputTokens: 500 }));
  });

  test('gets a title, whose tokens count, if enough are left', async () => {
    const ada = await signUp(deps);
    const named = await ask(ada, 'Go!', '');
    (await provider.next()).finish(50, 50);
    const title = async (chatId: string) => (await ada.api.chat.get({ id: chatId })).title;
    await until(async () => (await title(named.chatId)) === 'A title');
    await until(() => deps.runs.activeCount() === 0);
    const used = await spent(ada);
    expect(used).toBeGreaterThan(100);
    expect(used).toBeLessThan(200);
    expect((await ada.api.protected.usage({})).items).toEqual([expect.objectContaining({ runs: 1 })]);
    const last = await ask(ada, 'Go!', '');
    (await provider.next()).finish(50, 450);
    await until(() => deps.runs.activeCount() === 0);
    expect(await title(last.chatId)).toBe('Go!');
    expect(await spent(ada)).toBe(used + 500);
  });
});

describe('a guest', () => {
  test('keeps used and reserved tokens when signing up or in', async () => {
    const guest = await signInAsGuest(deps);
    await exhaust(guest);
    const ada = await signUp(deps, 'Ada', guest.headers);
    expect(await spent(ada)).toBe(QUOTA - 100);
    await rejected(ask(ada));
    const again = await signInAsGuest(deps);
    const { exchange, runId } = await begin(again);
    const bea = await signUp(deps, 'Bea');
    const known = await signIn(deps, bea, again.headers);
    expect(await reserved(known)).toBeGreaterThan(600);
    exchange.finish(50, 600);
    await finished(deps, runId);
    expect(await quotaOf(bea)).toMatchObject({ usedToday: 650, reservedToday: 0 });
  });
});

describe('guests of one IP address', () => {
  let strict: Deps;
  beforeAll(async () => {
    const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
    await deps.database.execute(sql`delete from address_days`);
    strict = await startInstance({ settings: { ...settings, AI_DAILY_TOKENS: String(QUOTA) } });
  });
  afterAll(() => strict.close());

  test('share a quota, which remains after their deletion and does not apply to accounts', async () => {
    const first = await signInAsGuest(strict);
    const { exchange, chatId } = await begin(first);
    // Reserved tokens count.
    const second = await signInAsGuest(strict);
    expect(await rejected(ask(second))).toBe(5);
    await exchange.say('word'.repeat(QUOTA));
    await untilShown(first.api, chatId, 'word');
    await first.api.protected.deleteAccount({});
    await exchange.abandoned;
    await until(() => strict.runs.activeCount() === 0);
    const third = await signInAsGuest(strict);
    expect(await rejected(ask(third))).toBeGreaterThan(5);
    const ada = await signUp(strict, 'Ada', third.headers);
    (await begin(ada)).exchange.finish();
    await until(() => strict.runs.activeCount() === 0);
    expect(await spent(ada)).toBe(8);
  });
});

test('a quota that an admin sets for a user applies at once', async () => {
  const ada = await signUp(deps);
  await admin.api.users.setQuota({ id: ada.id, dailyTokens: 100 });
  expect(await failureOf(ask(ada))).toBe('QUOTA_EXCEEDED');
  await admin.api.users.setQuota({ id: ada.id, dailyTokens: 400 });
  const { exchange, runId } = await begin(ada);
  expect(exchange.maxTokens).toBeLessThan(400);
  exchange.finish();
  await finished(deps, runId);
});
