import { percentile } from '../lib/statistics.ts';
import { type Answer, type Connection, openConnection } from './client.ts';
import { DELTAS, WORDS } from './words.ts';

/** What a load came to, as seen by its readers. */
export interface Delivered {
  deltas: number;
  seconds: number;
  /** Milliseconds from a question to the first delta of its answer. */
  firstDelta: { median: number; p99: number };
}

/**
 * Asks every question, `concurrent` at a time, each connection the next as soon as it has its answer.
 * @param requests HTTP requests, whole.
 * @throws {Error} when an answer is not complete to the word.
 */
export async function putLoad(
  port: number,
  requests: readonly string[],
  concurrent: number,
): Promise<Delivered> {
  const connections = await Promise.all(Array.from({ length: concurrent }, () => openConnection(port)));
  const questions = requests.values();
  const answers: Answer[] = [];
  async function work(connection: Connection) {
    for (const question of questions) answers.push(await connection.ask(question));
  }
  const startedAt = performance.now();
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  for (const answer of answers) verify(answer);
  const waits = answers.map((answer) => answer.firstDeltaMs);
  return {
    deltas: answers.length * DELTAS,
    seconds,
    firstDelta: { median: percentile(waits, 0.5), p99: percentile(waits, 0.99) },
  };
}

const WHOLE = WORDS.join('');

/** @throws {Error} when a word is missing, doubled or out of order. */
function verify(answer: Answer): void {
  const text = answer.text();
  if (text !== WHOLE)
    throw new Error(`An answer is not complete: it has ${text.length} of ${WHOLE.length} characters.`);
}

/** Streams that are open and silent after their first delta. */
export interface OpenReaders {
  /** Waits until all of them have ended, with the whole answer each. */
  finish: () => Promise<void>;
}

/** Opens streams and waits for the first delta of each. */
export async function openReaders(port: number, requests: readonly string[]): Promise<OpenReaders> {
  const streams = await Promise.all(
    requests.map(async (request) => {
      const connection = await openConnection(port);
      const first = Promise.withResolvers<undefined>();
      const whole = connection.ask(request, () => first.resolve(undefined));
      await Promise.race([first.promise, whole]);
      return { connection, whole };
    }),
  );
  return {
    async finish() {
      for (const { connection, whole } of streams) {
        verify(await whole);
        connection.close();
      }
    },
  };
}
