import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { parseChunks } from '#server/chat/run-store';
import type { Database } from '#server/db/database';
import { messages, runEvents, runs } from '#server/db/schema/index';
import { textOf } from '#server/search/message-text';
import { textOfChunks } from '#test/answers';
import { type Account, ask, caller, signUp } from '#test/client';
import { postgresOn } from '#test/crash/databases';
import { countedWords, startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { eventsOf } from '#test/sse';
import type { Part } from './part.ts';

/** The time in which another instance must show the next text after a kill, in milliseconds. */
const GAP_MS = 5_000;
/** The time after its start in which an instance does not yet trust that a missing lock means a dead instance. */
export const SETTLED_MS = 5_500;
/** The longest time to follow an answer, in milliseconds. */
const READ_LIMIT_MS = 90_000;
/** An answer of 400 words in 12 seconds. */
export const WORDS = 400;
export const MODEL = `openai-compatible/count-${WORDS}x30`;

interface Outcome {
  takeovers: number;
  status: string | undefined;
  /** The longest time without an event, in milliseconds. */
  gapMs: number;
}

/** Asks on one instance, follows the answer on another one, and does something to the first in the middle. */
export async function interfere(
  { database, other }: { database: Database; other: RunningServer },
  asker: Account,
  what: () => Promise<void>,
): Promise<Outcome> {
  const { chatId, runId, messageId } = await ask(asker, 'count A');
  const reader = caller(other.url, asker.headers);
  const signal = AbortSignal.timeout(READ_LIMIT_MS);
  const response = await reader.fetch(`/api/v1/chats/${chatId}/stream?runId=${runId}`, { signal });
  let done: Promise<void> | undefined;
  let gapMs = 0;
  let last = performance.now();
  for await (const { data } of eventsOf(response)) {
    gapMs = Math.max(gapMs, performance.now() - last);
    last = performance.now();
    if (done === undefined && data.includes('A.50 ')) done = what();
  }
  await done;
  // Whatever the first one still wants to write, it would have written by now.
  await pause(1_000);
  const { db } = database;
  const [run] = await db.select().from(runs).where(eq(runs.id, runId));
  const [message] = await db.select().from(messages).where(eq(messages.id, messageId));
  const events = await db.select().from(runEvents).where(eq(runEvents.runId, runId)).orderBy(runEvents.seq);
  const words = countedWords('A', WORDS).join('');
  const written = textOfChunks(events.flatMap(({ chunks }) => parseChunks(chunks)));
  if (written !== words) throw new Error(`the log has lost or repeated words: ${written}`);
  if (textOf(message?.parts ?? []) !== words) throw new Error('the message is not what the log has');
  return { takeovers: run?.takeovers ?? -1, status: message?.status, gapMs: Math.round(gapMs) };
}

export function expectOutcome(name: string, { takeovers, status }: Outcome, expected: number): void {
  if (takeovers !== expected || status !== 'complete') {
    throw new Error(`${name}: ${takeovers} takeovers instead of ${expected}, and the answer is ${status}`);
  }
}

/** Kills and stops an instance that writes an answer, while a reader follows it on another one. */
export const lost: Part = async ({ server, isShort, report }) => {
  const backend = await postgresOn(server);
  const provider = await startProviderServer();
  const settings = { ...backend.settings, AI_MODEL: MODEL, AI_BASE_URL: provider.url };
  const database = await backend.open();
  const started: RunningServer[] = [];
  const start = async () => {
    const instance = await startServer(settings);
    started.push(instance);
    return instance;
  };
  try {
    const first = await start();
    const other = await start();
    const ada = await signUp(first.url);
    await pause(SETTLED_MS);

    if (!isShort) {
      for (const [seconds, takeovers] of [
        [8, 0],
        [30, 1],
      ] as const) {
        const outcome = await interfere({ database, other }, ada, async () => {
          process.kill(first.pid, 'SIGSTOP');
          await pause(seconds * 1000);
          process.kill(first.pid, 'SIGCONT');
        });
        report(`stopped for ${seconds} s: ${outcome.takeovers} takeovers, pause of ${outcome.gapMs} ms`);
        expectOutcome(`stopped for ${seconds} s`, outcome, takeovers);
      }
    }

    const outcome = await interfere({ database, other }, ada, () => first.kill9());
    report(`killed: ${outcome.takeovers} takeover, pause of ${outcome.gapMs} ms`);
    expectOutcome('killed', outcome, 1);
    if (outcome.gapMs > GAP_MS) throw new Error(`the pause after a kill is over ${GAP_MS} ms`);
  } finally {
    await database.close();
    for (const instance of started) await instance.kill9();
    await provider.close();
    await backend.drop();
  }
};
