import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { parseChunks } from '#server/chat/run-store';
import type { Database } from '#server/db/database';
import { openPostgres } from '#server/db/postgres';
import { messages, runs } from '#server/db/schema/index';
import { textOf } from '#server/search/message-text';
import { textOfChunks } from '#test/answers';
import { type Account, ask, caller, signUp } from '#test/client';
import { STREAM_CLIENTS, type Target } from '#test/crash/stream-clients';
import { silent } from '#test/logs';
import { countedWords, startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import type { Cluster } from './cluster.ts';
import { MODEL, SETTLED_MS, WORDS } from './lost.ts';

const INSTANCES = 3;
/** The answers that each instance writes. */
const ANSWERS = 3;
const RECONNECT_MS = 100;
const CALL_MS = 50;
const READ_LIMIT_MS = 120_000;
/** The time after the interference in which calls may get 503, in milliseconds. */
const RECOVERED_MS = 5_000;

/** What a reader has seen of an answer, and what became of it. */
export interface Followed {
  label: string;
  /** The events that the reader has seen, in order. */
  shown: { seq: number; attempt: number; text: string }[];
  /** True if it was told that it has events which were lost. */
  isTold: boolean;
  takeovers: number;
  seams: number[];
  status: string;
  text: string;
  /** The longest time without an event, in milliseconds. */
  gapMs: number;
}

/** What calls have met: how many succeeded, and how many got 503. */
export interface Calls {
  done: number;
  unavailable: number;
  /** The time from the first 503 to the last one, in milliseconds. */
  unavailableMs: number;
}

/** Follows an answer to its end. It reconnects with the last event id whenever the stream ends early. */
async function follow(url: string, { headers }: Account, target: Target, seen: Followed): Promise<void> {
  const signal = AbortSignal.timeout(READ_LIMIT_MS);
  let after: string | null = null;
  let last = performance.now();
  while (!signal.aborted) {
    try {
      for await (const shown of STREAM_CLIENTS.REST(caller(url, headers, false), target, after, signal)) {
        if (shown === 'end') return;
        seen.gapMs = Math.max(seen.gapMs, Math.round(performance.now() - last));
        last = performance.now();
        const [seq = 0, attempt = 1] = (shown.eventId ?? '').split('.').map(Number);
        seen.shown.push({ seq, attempt, text: textOfChunks(parseChunks(shown.data)) });
        after = shown.eventId;
      }
    } catch (error) {
      if (String(error).includes('STREAM_GONE')) {
        seen.isTold = true;
        return;
      }
    }
    await pause(RECONNECT_MS);
  }
  throw new Error(`the answer ${seen.label} has no end`);
}

/** Calls an instance, reading and writing in turn, until it is stopped. @throws {Error} for any status but 2xx and 503. */
function startCalls(url: string, { headers }: Account, times: number[], isOver: () => boolean) {
  const client = caller(url, headers, false);
  const run = async (): Promise<number> => {
    let done = 0;
    for (let count = 0; !isOver(); count++) {
      const { status, body } =
        count % 2 === 0
          ? await client.rest('GET /users/me')
          : await client.rest('POST /chats', { json: { title: 'Call' } });
      if (status < 300) done++;
      else if (status === 503) times.push(performance.now());
      else throw new Error(`a call got ${status}: ${JSON.stringify(body)}`);
      await pause(CALL_MS);
    }
    return done;
  };
  return run();
}

async function settled({ db }: Database, runId: string, seen: Followed): Promise<Followed> {
  const deadline = Date.now() + READ_LIMIT_MS;
  for (;;) {
    const [found] = await db
      .select({ status: runs.status, takeovers: runs.takeovers, seams: runs.seams, parts: messages.parts })
      .from(runs)
      .innerJoin(messages, eq(messages.id, runs.messageId))
      .where(eq(runs.id, runId));
    if (found && found.status !== 'active') return { ...seen, ...found, text: textOf(found.parts) };
    if (Date.now() > deadline) throw new Error(`the answer ${seen.label} is ${found?.status ?? 'lost'}`);
    await pause(200);
  }
}

/**
 * Starts three instances on a database, lets each write three answers, and does something to the database in the middle.
 * Each answer is followed on the next instance, while calls are sent to all.
 * @param hosts the servers of the database. Instances use the one that accepts writes.
 */
export async function interfereWith(
  hosts: readonly Pick<Cluster, 'address'>[],
  what: () => Promise<void>,
): Promise<{ answers: Followed[]; calls: Calls }> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-fleet-'));
  const url = `postgres://postgres@${hosts.map(({ address }) => address).join()}/postgres?target_session_attrs=read-write`;
  const provider = await startProviderServer();
  const settings = { DATABASE_URL: url, DATA_DIR: folder, AI_MODEL: MODEL, AI_BASE_URL: provider.url };
  const database = openPostgres(url, 2, silent);
  const instances: RunningServer[] = [];
  try {
    while (instances.length < INSTANCES) instances.push(await startServer(settings));
    const urls = instances.map((instance) => instance.url);
    const people: Account[] = [];
    for (const each of urls) people.push(await signUp(each));
    await pause(SETTLED_MS);

    const followed: { runId: string; seen: Followed; ended: Promise<void> }[] = [];
    for (const [index, person] of people.entries()) {
      for (let count = 0; count < ANSWERS; count++) {
        const label = `${index}-${count}`;
        const run = await ask(person, `count ${label}`);
        const found = { takeovers: 0, seams: [], status: 'active', text: '' };
        const seen: Followed = { label, shown: [], isTold: false, gapMs: 0, ...found };
        const reader = urls[(index + 1) % INSTANCES] ?? '';
        const ended = follow(reader, person, { ...run, clientId: '' }, seen);
        followed.push({ runId: run.runId, seen, ended });
      }
    }
    const times: number[] = [];
    let isOver = false;
    const calls = people.map((person, index) => startCalls(urls[index] ?? '', person, times, () => isOver));
    await pause(3_000);
    await what();
    const recoveredAt = performance.now() + RECOVERED_MS;
    const ends = Promise.all(followed.map(({ ended }) => ended));
    await ends.finally(() => (isOver = true));
    const done = (await Promise.all(calls)).reduce((sum, count) => sum + count, 0);
    if (times.some((time) => time > recoveredAt))
      throw new Error('calls still got 503 after the database was back');
    const answers = await Promise.all(followed.map(({ runId, seen }) => settled(database, runId, seen)));
    const unavailableMs = Math.round((times.at(-1) ?? 0) - (times[0] ?? 0));
    return { answers, calls: { done, unavailable: times.length, unavailableMs } };
  } finally {
    for (const instance of instances) await instance.kill9();
    await database.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole answer of the model. */
export const wholeAnswer = ({ label }: Followed): string => countedWords(label, WORDS).join('');

/** Returns what a reader was shown. */
export const shownText = ({ shown }: Followed): string => shown.map(({ text }) => text).join('');

/** Checks answers of which nothing may be lost, and that were written by their instances to the end. */
export function expectUntouched(answers: readonly Followed[]): void {
  for (const answer of answers) {
    const { label, status, takeovers, seams, isTold, text } = answer;
    const words = wholeAnswer(answer);
    if (status !== 'complete' || takeovers > 0 || seams.length > 0 || isTold) {
      const what = JSON.stringify({ status, takeovers, seams, isTold });
      throw new Error(`the answer ${label} should have gone on in its instance: ${what}`);
    }
    if (text !== words || shownText(answer) !== words) throw new Error(`the answer ${label} has lost words`);
  }
}

/** Describes calls and pauses. */
export function describe({ answers, calls }: { answers: readonly Followed[]; calls: Calls }): string {
  const pauseMs = Math.max(...answers.map(({ gapMs }) => gapMs));
  const complete = answers.filter(({ status }) => status === 'complete').length;
  const takeovers = answers.reduce((sum, answer) => sum + answer.takeovers, 0);
  return `${complete} of ${answers.length} answers complete, ${takeovers} takeovers, longest pause ${pauseMs} ms; ${calls.done} calls, and ${calls.unavailable} got 503 within ${calls.unavailableMs} ms`;
}
