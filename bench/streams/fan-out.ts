import { z } from 'zod';
import { post } from '../lib/account.ts';
import { percentile } from '../lib/statistics.ts';
import { type Answer, type Connection, openConnection } from './client.ts';
import { type Instances, withCpu } from './ours.ts';
import type { Provider } from './provider.ts';
import { request } from './request.ts';
import { textOfEvents } from './text.ts';
import { DELTAS, TEXT } from './words.ts';

/** Where the readers of an answer are: on the instance that writes it, or on the others. */
export type Place = 'same' | 'others';

/** A load on several instances. */
export interface FanOut {
  answers: number;
  /** The number of readers of each answer. */
  readers: number;
  place: Place;
}

/** The result of a load. */
export interface FannedOut {
  /** Deltas that arrived at readers. */
  deltasPerSecond: number;
  /** The milliseconds from a question to the first delta of its first reader. */
  firstDeltaMs: number;
  firstDeltaP99Ms: number;
  /** The CPU time of Postgres per delta of the model, in microseconds. */
  databaseUs: number;
  /** That of the instances. */
  instancesUs: number;
}

/** The number of questions that are asked at once. */
const ASKED_AT_ONCE = 20;

const Run = z.object({ runId: z.string() });

interface Reader {
  connection: Connection;
  whole: Promise<Answer>;
}

/**
 * Asks all questions, and opens all readers. Each answer stops after its first delta, until everything is open. Then
 * the model continues all answers, as fast as they are read.
 * @throws {Error} if a reader does not get the whole answer.
 */
export async function measureFanOut(
  instances: Instances,
  provider: Provider,
  { answers, readers, place }: FanOut,
): Promise<FannedOut> {
  const { ports, cookie, createChats } = instances;
  const chats = (await createChats('idle', answers)).entries();
  const opened: Reader[] = [];
  const firsts: number[] = [];

  async function start([index, chatId]: [number, string]): Promise<void> {
    const writer = index % ports.length;
    const elsewhere = ports.filter((_, other) => other !== writer);
    const from = place === 'same' ? ports.slice(writer, writer + 1) : elsewhere;
    const askedAt = performance.now();
    const body = { clientRequestId: chatId, parts: [{ type: 'text', text: 'Please count.' }] };
    const url = `http://127.0.0.1:${ports[writer] ?? ''}/api/v1/chats/${chatId}/messages`;
    const { runId } = Run.parse(await (await post(url, body, { cookie })).json());
    const follow = request('GET', `/api/v1/chats/${chatId}/stream?runId=${runId}`, [
      `cookie: ${cookie}`,
      'accept: text/event-stream',
    ]);
    const begun = Array.from({ length: readers }, async (_, reader) => {
      const connection = await openConnection(from[reader % from.length] ?? NaN);
      const first = Promise.withResolvers<undefined>();
      const whole = connection.ask(follow, () => first.resolve(undefined));
      opened.push({ connection, whole });
      await Promise.race([first.promise, whole]);
      if (reader === 0) firsts.push(performance.now() - askedAt);
    });
    await Promise.all(begun);
  }

  async function startAll(): Promise<void> {
    for (const chat of chats) await start(chat);
  }

  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, startAll));
  const { result, ...cpu } = await withCpu(instances, async () => {
    const startedAt = performance.now();
    await provider.release();
    const received = await Promise.all(opened.map(({ whole }) => whole));
    return { received, seconds: (performance.now() - startedAt) / 1000 };
  });
  const { received, seconds } = result;
  for (const { connection } of opened) connection.close();
  for (const answer of received) {
    const body = answer.body();
    if (textOfEvents(body) === TEXT) continue;
    throw new Error(
      `A reader did not get the whole answer, but after ${Math.round(answer.totalMs)} ms the end: ${body.slice(-500)}`,
    );
  }
  // Each answer had its first delta before.
  const deltas = answers * (DELTAS - 1);
  return {
    deltasPerSecond: (deltas * readers) / seconds,
    firstDeltaMs: percentile(firsts, 0.5),
    firstDeltaP99Ms: percentile(firsts, 0.99),
    databaseUs: (cpu.database / deltas) * 1e6,
    instancesUs: (cpu.instances / deltas) * 1e6,
  };
}
