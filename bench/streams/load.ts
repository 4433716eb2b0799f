import { percentile } from '../lib/statistics.ts';
import { type Answer, type Connection, openConnection } from './client.ts';
import { textOfAnswer } from './text.ts';
import { DELTAS, TEXT } from './words.ts';

/** The result of a load, as its readers see it. */
export interface Delivered {
  deltas: number;
  seconds: number;
  /** The milliseconds from a question to the first delta of its answer. */
  firstDelta: { median: number; p99: number };
}

/**
 * Asks every question, `concurrent` at a time. Each connection asks the next question when it has its answer.
 * @param requests complete HTTP requests.
 * @throws {Error} if an answer is not complete to the word.
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

/** @throws {Error} if a word is missing, repeated or out of order. */
function verify(answer: Answer): void {
  const text = textOfAnswer(answer.body());
  if (text !== TEXT) {
    throw new Error(`An answer is wrong: it has ${text.length} of ${TEXT.length} characters.`);
  }
}

/** Streams that are open and idle after their first delta. */
export interface OpenReaders {
  /** Waits until all streams have ended, each with a complete answer. */
  finish: () => Promise<void>;
}

/** Opens streams, and waits for the first delta of each. */
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
