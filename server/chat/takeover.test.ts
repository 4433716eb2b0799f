import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { runs, users } from '#server/db/schema/index';
import { metrics } from '#server/metrics/instruments';
import { prometheusText } from '#server/metrics/prometheus';
import { CONTINUE } from '#server/models/continue';
import {
  eventsOf,
  finished,
  streamEvents,
  textOfChunks,
  textOfMessage,
  until,
  untilShown,
} from '#test/answers';
import {
  askedAfterQuestion,
  begin,
  lastMessage,
  loseOwner,
  startAnswer,
  type StartedAnswer,
  startPair,
} from '#test/lost-runs';
import { type Api, callAs, failureOf, type Person, signUp, startInstance } from '#test/caller';
import { recordLog } from '#test/logs';
import { increases, parseMetrics } from '#test/prometheus';
import type { ScriptedProvider } from '#test/scripted-provider';
import { createRunClaims } from './run-claims.ts';
import { createRunStore, parseChunks } from './run-store.ts';

let provider: ScriptedProvider;
let settings: Record<string, string>;
/** The instance whose runs are lost. */
let deps: Deps;
/** Another one, which takes them over. */
let other: Deps;
let ada: Person;

beforeAll(async () => {
  ({ provider, settings, deps, ada, other } = await startPair());
});

afterAll(async () => {
  await other.close();
  await provider.close();
});

const answering = (text: string, api = ada.api) => startAnswer(provider, api, text);
const orphan = (runId: string, changes?: Parameters<typeof loseOwner>[2]) =>
  loseOwner(deps.db, runId, changes);
const messageOf = (chatId: string, api = ada.api) => lastMessage(api, chatId);

const countedNow = () => parseMetrics(prometheusText(metrics.all));

const rowOf = async (runId: string) => (await deps.db.select().from(runs).where(eq(runs.id, runId)))[0];

/** Waits until a run has ended, and expects that no model was asked again. */
async function endOf({ chatId, runId, exchange }: StartedAnswer) {
  const chunks = await finished(other, runId);
  exchange.cut();
  return { chunks, message: await messageOf(chatId) };
}

describe('a run whose process has died', () => {
  test('goes on in the same message on another instance, and its former owner writes nothing more', async () => {
    const before = countedNow();
    const { chatId, runId, messageId, exchange } = await answering('so far');
    const reader = eventsOf(other, runId);
    const stream = (async () => {
      const ids: string[] = [];
      for await (const { id } of streamEvents(callAs(other, ada.headers), { chatId, runId })) ids.push(id);
      return ids;
    })();
    await orphan(runId);
    await exchange.say(' and no further');
    await exchange.abandoned;
    const next = await provider.next();
    expect(askedAfterQuestion(next)).toEqual([
      { role: 'assistant', content: 'so far' },
      { role: 'user', content: CONTINUE },
    ]);
    expect((await ada.api.chat.get({ id: chatId })).activeRunId).toBe(runId);
    expect(await messageOf(chatId)).toMatchObject({ id: messageId, status: 'streaming' });
    // Readers see a pause of this length at least.
    await pause(300);
    await next.say(' and');
    await next.say(' on');
    next.finish(7, 9);

    const events = await reader;
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    const chunks = events.flatMap((event) => parseChunks(event.chunks));
    expect(textOfChunks(chunks)).toBe('so far and on');
    expect(
      chunks.map(({ type }) => type).filter((type) => /^(abort|error|start|finish|text-start)$/.test(type)),
    ).toEqual(['start', 'text-start', 'finish']);
    expect(await messageOf(chatId)).toMatchObject({ id: messageId, status: 'complete' });
    expect((await messageOf(chatId))?.parts.filter(({ type }) => type === 'text')).toHaveLength(1);

    const { seams = [], ...row } = (await rowOf(runId)) ?? {};
    const [seam = 0] = seams;
    expect(row).toMatchObject({ takeovers: 1, status: 'complete' });
    expect(parseChunks(events[seam - 1]?.chunks ?? '')).toEqual([
      { type: 'message-metadata', messageMetadata: { attempts: 2, seam } },
    ]);
    expect(await stream).toEqual(events.map(({ seq }) => (seq < seam ? String(seq) : `${seq}.2`)));

    const counted = increases(before, countedNow());
    expect(counted).toMatchObject({
      'switchboard_run_takeovers_total{result="continued"}': 1,
      switchboard_run_pause_seconds_count: 1,
    });
    expect(counted['switchboard_run_pause_seconds_sum']).toBeGreaterThan(0.3);
    expect(counted['switchboard_run_pause_seconds_sum']).toBeLessThan(20);
  });

  test('goes on when the next process starts', async () => {
    const { chatId, runId, exchange } = await answering('before');
    await other.close();
    await orphan(runId);
    // Only one process can have the embedded database open.
    const starting = deps.database.kind === 'pglite' ? 1 : 3;
    const logs = Array.from({ length: starting }, recordLog);
    const started = await Promise.all(logs.map(({ log }) => startInstance({ settings, log, renewMs: 100 })));
    const next = await provider.next();
    await next.say(' and after');
    next.finish();
    await until(async () => (await messageOf(chatId))?.status === 'complete');
    expect(textOfMessage(await messageOf(chatId))).toBe('before and after');
    const takeovers = logs.flatMap(({ lines }) =>
      lines.filter((line) => line['runId'] === runId && line.level === 30),
    );
    expect(takeovers).toHaveLength(1);
    exchange.finish();
    await until(() => deps.runs.activeCount() === 0);
    const [first, ...rest] = started;
    if (first) other = first;
    for (const instance of rest) await instance.close();
  });

  test('is taken over by exactly one of several instances', async () => {
    const { runId, exchange } = await answering('x');
    await orphan(runId, { leaseExpiresAt: sql`now() + interval '1 hour'`, ownerId: 'gone' });
    const names = ['a', 'b', 'c'];
    const claims = names.map((name) => createRunClaims(deps.database, name));
    const claimed = await Promise.all(claims.map((each) => each.claimFrom(['gone'], 5)));
    expect(claimed.flat().map((run) => run.runId)).toEqual([runId]);
    expect((await Promise.all(claims.map((each) => each.claimFrom(['gone'], 5)))).flat()).toEqual([]);
    exchange.finish();
    await until(() => deps.runs.activeCount() === 0);
    const [run] = claimed.flat();
    if (!run) throw new Error('No instance has claimed it.');
    const ending = { status: 'interrupted', error: null, usage: null, chunks: [] } as const;
    const finish = (name: string) =>
      createRunStore(deps.database, name).finish(run, seq, [], { ...ending, chunks: [] });
    const { seq } = await createRunStore(deps.database, '').readLog(run.runId);
    const winner = names[claimed.findIndex((runsOfIt) => runsOfIt.length === 1)] ?? '';
    for (const loser of names.filter((name) => name !== winner)) expect(await finish(loser)).toBeNull();
    expect(await finish(winner)).toBe(ada.id);
  });

  test('may have belonged to this instance, which takes over only runs that it is not writing', async () => {
    const { chatId, runId, exchange } = await answering('Hello');
    const own = createRunClaims(deps.database, deps.instanceId);
    await deps.db.transaction(async (tx) => {
      // No other instance sees the expired lease.
      const expired = { ownerId: deps.instanceId, leaseExpiresAt: sql`now() - interval '1 second'` };
      await tx.update(runs).set(expired).where(eq(runs.id, runId));
      const inside = createRunClaims({ ...deps.database, db: tx }, deps.instanceId);
      expect(await inside.claim([runId], 5)).toEqual([]);
      expect(await inside.renew([])).toEqual([]);
      expect(await inside.renew([runId])).toEqual([{ runId, cancelled: false }]);
      expect(await inside.claim([], 5)).toEqual([]);
    });
    expect(await own.renew([runId])).toEqual([{ runId, cancelled: false }]);
    exchange.finish();
    await finished(deps, runId);
    expect(await messageOf(chatId)).toMatchObject({ status: 'complete' });
  });
});

describe('an answer is only offered to be continued', () => {
  const interrupted = { type: 'abort', reason: 'interrupted' };

  test('if its third owner was lost', async () => {
    const cut = await answering('deadly');
    await orphan(cut.runId, { takeovers: 2 });
    const { chunks, message } = await endOf(cut);
    expect(chunks.at(-1)).toEqual(interrupted);
    expect(message).toMatchObject({ status: 'interrupted' });
    expect(textOfMessage(message)).toBe('deadly');
  });

  test('with all of its text, even if the process that ends it is lost as well', async () => {
    const text = 'word '.repeat(3000);
    const cut = await answering(text);
    await orphan(cut.runId, { takeovers: 4 });
    expect(textOfMessage((await endOf(cut)).message)).toBe(text);
  });

  test('if it was cut more than ten minutes ago', async () => {
    const cut = await answering('old');
    await orphan(cut.runId, { leaseExpiresAt: sql`now() - interval '11 minutes'` });
    expect((await endOf(cut)).message).toMatchObject({ status: 'interrupted' });
  });

  test('if it has called a tool', async () => {
    const { chatId, runId } = await begin(ada.api);
    const exchange = await provider.next();
    await exchange.send({
      tool_calls: [{ index: 0, id: 'call', type: 'function', function: { name: 'pay', arguments: '{}' } }],
    });
    await untilShown(ada.api, chatId, 'tool-input-start');
    await orphan(runId);
    expect((await finished(other, runId)).at(-1)).toEqual(interrupted);
    exchange.cut();
  });

  test('if its user has been banned', async () => {
    const ben = await signUp(deps, 'Ben');
    const cut = await answering('mine', ben.api);
    // Not by `users.ban`, which stops all answers.
    await deps.db.update(users).set({ banned: true }).where(eq(users.id, ben.id));
    await orphan(cut.runId);
    expect((await finished(other, cut.runId)).at(-1)).toEqual(interrupted);
    cut.exchange.cut();
  });

  test('if continuing is turned off', async () => {
    const cut = await answering('off');
    await other.close();
    await orphan(cut.runId);
    const off = { ...settings, AI_CONTINUE_ANSWERS: 'false' };
    const careful = await startInstance({ settings: off });
    await until(async () => (await messageOf(cut.chatId))?.status === 'interrupted');
    cut.exchange.cut();
    const { chatId } = await answering('last', callAs(careful, ada.headers));
    await careful.runs.drain(0);
    expect(await messageOf(chatId)).toMatchObject({ status: 'interrupted' });
    await careful.close();
    other = await startInstance({ settings, renewMs: 100 });
  });

  test('and is stopped if that was requested', async () => {
    const cut = await answering('stop');
    await orphan(cut.runId, { cancelRequestedAt: sql`now()` });
    const { chunks, message } = await endOf(cut);
    expect(chunks.at(-1)).toEqual({ type: 'abort', reason: 'stopped' });
    expect(message).toMatchObject({ status: 'stopped' });
  });

  test('and is stopped if that is requested while its next attempt begins', async () => {
    const cut = await answering('just now');
    const { resolve } = other.models;
    const spy = jest.spyOn(other.models, 'resolve').mockImplementationOnce((...args) => {
      // Not awaited: the database gets it before the statement that begins the attempt.
      void deps.db
        .update(runs)
        .set({ cancelRequestedAt: sql`now()` })
        .where(eq(runs.id, cut.runId))
        .execute();
      return resolve(...args);
    });
    await orphan(cut.runId);
    expect((await endOf(cut)).message).toMatchObject({ status: 'stopped' });
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });
});

describe('the id of an event', () => {
  test('is good up to the place where the next attempt began', async () => {
    const { chatId, runId, exchange } = await answering('one');
    await orphan(runId);
    const next = await provider.next();
    await next.say(' two');
    next.finish();
    const events = await eventsOf(other, runId);
    exchange.cut();
    const [seam = 0] = (await rowOf(runId))?.seams ?? [];
    const after = async (lastEventId: string) => {
      const ids: string[] = [];
      for await (const { id } of streamEvents(ada.api, { chatId, runId, lastEventId })) ids.push(id);
      return ids;
    };
    const all = events.map(({ seq }) => (seq < seam ? String(seq) : `${seq}.2`));
    expect(await after('0')).toEqual(all);
    expect(await after(String(seam - 1))).toEqual(all.slice(seam - 1));
    expect(await after(`${seam}.2`)).toEqual(all.slice(seam));
    expect(await after(all.at(-1) ?? '')).toEqual([]);
    const wrong = [String(seam), `${seam - 1}.2`, `${events.length + 1}.2`, '1.3', `${events.length + 1}`];
    for (const lost of wrong) {
      expect(await failureOf(after(lost))).toBe('STREAM_GONE');
    }
  });
});

describe('the tokens of an answer that goes on', () => {
  let first: Deps;
  let second: Deps;

  beforeAll(async () => {
    // It has no quota.
    await other.close();
    const limited = { ...settings, AI_DAILY_TOKENS: '3000', AI_OUTPUT_TOKENS: '1000' };
    first = await startInstance({ settings: limited });
    second = await startInstance({ settings: limited, renewMs: 100 });
  });
  afterAll(async () => {
    await first.close();
    await second.close();
    other = await startInstance({ settings, renewMs: 100 });
  });

  const quotaOf = async (api: Api) => (await api.protected.usage({})).quota;

  test('are those of all attempts, and are reserved again', async () => {
    const eve = await signUp(first, 'Eve');
    const { runId, exchange } = await answering('x'.repeat(400), eve.api);
    const { reservedToday: before = 0 } = (await quotaOf(eve.api)) ?? {};
    await orphan(runId);
    const next = await provider.next();
    const { reservedToday = 0, usedToday } = (await quotaOf(eve.api)) ?? {};
    expect(usedToday).toBe(0);
    expect(reservedToday).toBeGreaterThan(before);
    expect(reservedToday).toBeLessThanOrEqual(3000);
    expect(next.maxTokens).toBe(1000);
    await next.say(' and more');
    next.finish(70, 80);
    await finished(second, runId);
    exchange.cut();
    const quota = await quotaOf(eve.api);
    // The lost attempt is estimated: a token has four bytes.
    expect(quota).toMatchObject({ reservedToday: 0 });
    expect(quota?.usedToday).toBeGreaterThanOrEqual(100 + 70 + 80);
    expect(quota?.usedToday).toBeLessThan(100 + 70 + 80 + 50);
    expect((await eve.api.protected.usage({})).items).toMatchObject([{ runs: 1 }]);
  });

  test('end it if too few are left', async () => {
    const eve = await signUp(first, 'Eve');
    const { chatId, runId, exchange } = await answering('so far', eve.api);
    await deps.db.update(users).set({ dailyTokens: 300 }).where(eq(users.id, eve.id));
    await orphan(runId);
    await finished(second, runId);
    exchange.cut();
    expect(await messageOf(chatId, eve.api)).toMatchObject({ status: 'interrupted' });
    expect(await quotaOf(eve.api)).toMatchObject({ reservedToday: 0 });
  });
});

describe('drain', () => {
  test('waits for running answers, then releases the rest, and another instance continues them', async () => {
    const leaving = await startInstance({ settings });
    const api = callAs(leaving, ada.headers);
    const quick = await begin(api);
    const quickAnswer = await provider.next();
    const slow = await begin(api);
    const slowAnswer = await provider.next();
    await slowAnswer.say('partial');
    await untilShown(api, slow.chatId, 'partial');
    const drained = leaving.runs.drain(1000);
    await quickAnswer.say('done');
    quickAnswer.finish();
    const next = provider.next();
    await drained;
    await slowAnswer.abandoned;
    expect(await messageOf(quick.chatId)).toMatchObject({ status: 'complete' });
    const exchange = await next;
    expect(await messageOf(slow.chatId)).toMatchObject({ status: 'streaming' });
    await exchange.say(' and whole');
    exchange.finish();
    await finished(other, slow.runId);
    expect(await messageOf(slow.chatId)).toMatchObject({ status: 'complete' });
    expect(textOfMessage(await messageOf(slow.chatId))).toBe('partial and whole');
    // It does not count as a crash.
    expect(await rowOf(slow.runId)).toMatchObject({ takeovers: 0 });
    await leaving.close();
  });
});
