import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { and, eq, gt } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { runEvents, runs } from '#server/db/schema/index';
import { eventsOf, streamEvents, textOfMessage, until, untilShown } from '#test/answers';
import { callAs, failureOf, type Person } from '#test/caller';
import { askedAfterQuestion, lastMessage, startAnswer, startPair } from '#test/lost-runs';
import type { ScriptedProvider } from '#test/scripted-provider';

/** On the embedded database, instances do not notify each other, so a reader on another one waits for seconds. */
const onPostgres = (await openWorkerDatabase()).kind === 'postgres';

let provider: ScriptedProvider;
let deps: Deps;
let other: Deps;
let ada: Person;

beforeAll(async () => {
  ({ provider, deps, ada, other } = await startPair());
});

afterAll(async () => {
  await other.close();
  await provider.close();
});

const rowOf = async (runId: string) => (await deps.db.select().from(runs).where(eq(runs.id, runId)))[0];
const logOf = (runId: string) =>
  deps.db.select().from(runEvents).where(eq(runEvents.runId, runId)).orderBy(runEvents.seq);

/** Deletes the events of a run after number `seq`, as if they had not reached the standby. */
const loseEvents = (runId: string, seq: number) =>
  deps.db.delete(runEvents).where(and(eq(runEvents.runId, runId), gt(runEvents.seq, seq)));

/** Starts an answer that has shown three texts. @returns it, and the number of the event of each text. */
async function answering() {
  const answer = await startAnswer(provider, ada.api, 'one');
  const seqs = [(await logOf(answer.runId)).length];
  for (const text of [' two', ' three']) {
    await answer.exchange.say(text);
    await untilShown(ada.api, answer.chatId, text);
    seqs.push((await logOf(answer.runId)).length);
  }
  const [one = 0, two = 0, three = 0] = seqs;
  return { ...answer, one, two, three };
}

/** Collects the ids of the events of a stream until it ends. */
function collect(api: Person['api'], chatId: string, lastEventId?: string) {
  const ids: string[] = [];
  const ended = (async () => {
    for await (const { id } of streamEvents(api, {
      chatId,
      ...(lastEventId !== undefined && { lastEventId }),
    }))
      ids.push(id);
  })();
  const settled = ended.then(
    () => 'ended',
    () => failureOf(ended),
  );
  return { ids, settled };
}

describe('a log whose last events are lost in a failover', () => {
  test.each(['the next event', 'the end'])('goes on by another attempt when %s is written', async (what) => {
    const { chatId, runId, exchange, one, three } = await answering();
    const ahead = onPostgres ? [collect(ada.api, chatId), collect(callAs(other, ada.headers), chatId)] : [];
    for (const { ids } of ahead) await until(() => ids.length === three);
    await loseEvents(runId, one);
    if (what === 'the end') exchange.finish();
    else await exchange.say(' four');
    const next = await provider.next();
    expect(askedAfterQuestion(next)[0]).toEqual({ role: 'assistant', content: 'one' });
    // It may be asked by the instance that has written the first attempt.
    await next.say(' and on');
    next.finish();
    const events = await eventsOf(other, runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(textOfMessage(await lastMessage(ada.api, chatId))).toBe('one and on');
    // It does not count as a crash.
    expect(await rowOf(runId)).toMatchObject({ takeovers: 0, seams: [one + 1], status: 'complete' });
    for (const reader of ahead) {
      expect(await reader.settled).toBe('STREAM_GONE');
      expect(reader.ids).toHaveLength(three);
    }
    await until(() => deps.runs.activeCount() === 0 && other.runs.activeCount() === 0);
    exchange.cut();
  });

  test('is followed to its end by a reader who has none of the lost events', async () => {
    const { chatId, runId, exchange, one, two } = await answering();
    await loseEvents(runId, two);
    const reader = collect(callAs(other, ada.headers), chatId, String(one));
    await exchange.say(' four');
    const next = await provider.next();
    await next.say(' and on');
    next.finish();
    expect(await reader.settled).toBe('ended');
    const events = await logOf(runId);
    expect(reader.ids).toEqual(events.slice(one).map(({ seq }) => (seq <= two ? String(seq) : `${seq}.2`)));
    exchange.cut();
  });
});

(onPostgres ? describe : describe.skip)('a reader of an attempt that is lost in a failover', () => {
  test.each([
    ['begins elsewhere', (seam: number) => [seam - 1]],
    ['is gone', () => []],
  ])('is told if in the database the attempt %s', async (_, seamsOf) => {
    const { chatId, runId, exchange, three } = await answering();
    await deps.db
      .update(runs)
      .set({ seams: [three] })
      .where(eq(runs.id, runId));
    const reader = collect(callAs(other, ada.headers), chatId);
    await until(() => reader.ids.length === three);
    await deps.db
      .update(runs)
      .set({ seams: seamsOf(three) })
      .where(eq(runs.id, runId));
    await exchange.say(' four');
    expect(await reader.settled).toBe('STREAM_GONE');
    exchange.finish();
    await eventsOf(other, runId);
  });

  test('continues if a later attempt has begun since', async () => {
    const { chatId, runId, exchange, three } = await answering();
    const reader = collect(callAs(other, ada.headers), chatId);
    await until(() => reader.ids.length === three);
    await deps.db
      .update(runs)
      .set({ seams: [three + 1] })
      .where(eq(runs.id, runId));
    await exchange.say(' four');
    exchange.finish();
    expect(await reader.settled).toBe('ended');
    expect(reader.ids.length).toBe((await logOf(runId)).length);
  });
});
