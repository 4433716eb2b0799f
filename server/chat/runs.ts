import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessage, UIMessageChunk } from 'ai';
import { and, eq } from 'drizzle-orm';
import type { Actor } from '#server/context';
import { appendChunk, foldChunks } from '#server/chat/fold';
import { createRunFeed } from '#server/chat/run-feed';
import { createRunLog } from '#server/chat/run-log';
import { failed, speak, stopped } from '#server/chat/run-model';
import { goOn, toContinue } from '#server/chat/continue';
import { createRunStore, type Ending, type OwnedRun, STOP_CHANNEL } from '#server/chat/run-store';
import { titleByModel } from '#server/chat/title';
import type { Database } from '#server/db/client';
import { chats } from '#server/db/schema';
import type { Env } from '#server/env';
import { notFound, toAppError } from '#server/errors';
import { LEASE_MS, RENEW_MS } from '#server/lease';
import type { Logger } from '#server/log';
import type { Models, ProviderKeys } from '#server/models/index';

const RETRY_PAUSE_MS = 200;

/** A run that was just committed and shall begin. */
export interface NewRun extends OwnedRun {
  /** What was said up to the question it answers, and that. */
  conversation: Promise<UIMessage[]>;
  model: string;
  /** The keys of its owner, which win over the server's. */
  keys: ProviderKeys;
  /** The chunks of its first event, which is committed already. */
  opening: UIMessageChunk[];
  /** The answer it goes on with. */
  unfinished?: { id: string; parts: UIMessage['parts'] } | undefined;
  /** The question, when the chat shall get its title from this exchange. */
  titleFor: string | null;
}

/** A run this process is working on. */
interface Active {
  abort: AbortController;
  /** Why it was aborted, when it was. */
  reason: 'stopped' | 'interrupted' | 'lost' | null;
  done: Promise<void>;
}

interface RunsDeps {
  instanceId: string;
  database: Database;
  env: Env;
  log: Logger;
  models: Models;
}

/** The engine of one process. */
export type Runs = Awaited<ReturnType<typeof createRuns>>;

/**
 * The engine: answers belong to the server, not to the request that asked. A run goes on when its reader goes away,
 * is stopped from any instance, and is folded into an `interrupted` message by another instance when this one dies.
 */
export async function createRuns({ instanceId, database, env, log, models }: RunsDeps) {
  const { db } = database;
  const store = createRunStore(database, instanceId);
  const feed = await createRunFeed(database, instanceId);
  const runLog = createRunLog(database, feed, instanceId, log, LEASE_MS);
  const active = new Map<string, Active>();
  let draining = false;

  function abort(runId: string, reason: 'stopped' | 'interrupted' | 'lost'): void {
    const run = active.get(runId);
    if (run?.reason !== null) return;
    run.reason = reason;
    run.abort.abort();
  }

  /** Writes the ending, for as long as the lease allows. @returns who owns the run, `null` when it is not ours any more. */
  async function finish(
    run: OwnedRun,
    seq: number,
    chunks: UIMessageChunk[],
    ending: Ending,
  ): Promise<string | null> {
    const parts = await foldChunks(run.messageId, chunks);
    const giveUpAt = Date.now() + LEASE_MS;
    for (;;) {
      try {
        const userId = await store.finish(run, seq, parts, ending, ...feed.notifications([run.runId]));
        if (userId === null) await feed.wake([run.runId]);
        else feed.publishLast({ runId: run.runId, seq: seq + 1, chunks: JSON.stringify(ending.chunks) });
        return userId;
      } catch (err) {
        if (Date.now() > giveUpAt) throw err;
        log.warn({ err, runId: run.runId }, 'the end of a run was not written; trying again');
        await pause(RETRY_PAUSE_MS);
      }
    }
  }

  /** Names the chat after its first exchange. Best effort: a chat has a title from the question already. */
  async function nameChat(run: NewRun, userId: string, chunks: UIMessageChunk[]): Promise<void> {
    if (run.titleFor === null || run.model === 'guide') return;
    const answer = chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
    const title = await titleByModel(models.resolve(run.model, run.keys), run.titleFor, answer);
    if (title === '') return;
    await db
      .update(chats)
      .set({ title })
      .where(and(eq(chats.id, run.chatId), eq(chats.userId, userId), eq(chats.autoTitle, true)));
  }

  async function answer(run: NewRun, state: Active): Promise<void> {
    const chunks = [...run.opening];
    const write = (chunk: UIMessageChunk) => {
      appendChunk(chunks, chunk);
      return runLog.append(run.runId, chunk);
    };
    runLog.open(run.runId, 1, () => {
      abort(run.runId, 'lost');
    });
    let ending: Ending = stopped('interrupted');
    try {
      const asked = await run.conversation;
      const conversation = run.unfinished ? toContinue(asked, run.unfinished) : asked;
      const model = models.resolve(run.model, run.keys);
      const speech = speak(model, env.AI_INSTRUCTIONS, conversation, state.abort.signal);
      for await (const spoken of run.unfinished ? goOn(speech, run.unfinished.parts) : speech) {
        if ('chunk' in spoken) await write(spoken.chunk);
        else ending = spoken.ending;
      }
      if (run.model === 'guide') ending = { ...ending, usage: null };
    } catch (err) {
      log.error({ err, runId: run.runId }, 'a run failed');
      ending = failed(toAppError(err));
    }
    if (state.reason === 'interrupted')
      ending = { ...ending, ...stopped('interrupted'), usage: ending.usage };
    const seq = await runLog.close(run.runId);
    if (seq === null) return;
    const userId = await finish(run, seq, chunks, ending);
    if (userId === null || ending.status !== 'complete') return;
    await nameChat(run, userId, chunks).catch((err: unknown) => {
      log.warn({ err, runId: run.runId }, 'a chat was not given a better title');
    });
  }

  function start(run: NewRun): void {
    const state: Active = { abort: new AbortController(), reason: null, done: Promise.resolve() };
    active.set(run.runId, state);
    if (draining) abort(run.runId, 'interrupted');
    state.done = answer(run, state)
      .catch((err: unknown) => {
        log.error({ err, runId: run.runId }, 'a run was not brought to its end');
      })
      .finally(() => {
        active.delete(run.runId);
      });
  }

  /** Folds what a dead instance wrote into its message. */
  async function recover(run: OwnedRun): Promise<void> {
    const { chunks, seq } = await store.readLog(run.runId);
    if ((await finish(run, seq, chunks, stopped('interrupted'))) === null) return;
    log.info({ runId: run.runId }, 'took over the run of an instance that is gone');
  }

  /** @param claim takes over some runs that nobody works on. */
  async function recoverAll(claim: () => Promise<OwnedRun[]>): Promise<void> {
    for (;;) {
      const orphans = await claim();
      if (orphans.length === 0) return;
      for (const orphan of orphans) {
        await recover(orphan).catch((err: unknown) => {
          log.error(
            { err, runId: orphan.runId },
            'a run that was left behind was not folded; it is tried again',
          );
        });
      }
    }
  }

  async function tick(): Promise<void> {
    if (active.size > 0) {
      const before = [...active.keys()];
      const renewed = new Map((await store.renew(before)).map((run) => [run.runId, run.cancelled]));
      for (const runId of before) {
        const cancelled = renewed.get(runId);
        if (cancelled === undefined) abort(runId, 'lost');
        else if (cancelled) abort(runId, 'stopped');
      }
    }
    await recoverAll(() => store.claim([...active.keys()]));
    await store.prune();
  }

  let ticking = false;
  const timer = setInterval(() => {
    if (ticking) return;
    ticking = true;
    tick()
      .catch((err: unknown) => {
        log.warn({ err }, 'the upkeep of runs failed; it is tried again');
      })
      .finally(() => {
        ticking = false;
      });
  }, RENEW_MS);
  timer.unref();

  const unlisten =
    database.kind === 'postgres'
      ? await database.listen(STOP_CHANNEL, (runId) => {
          abort(runId, 'stopped');
        })
      : undefined;

  // Nobody else can have the embedded database open, so whatever is active there was left by a dead process.
  await recoverAll(database.kind === 'pglite' ? () => store.claimAll() : () => store.claim([]));

  return {
    start,

    /** Events of a run after number `after`, from the log and then live, until it ends or `signal` is aborted. */
    follow: (runId: string, after: number, signal: AbortSignal) => feed.follow(runId, after, signal),

    /**
     * Stops the answer being written in a chat, wherever it is; what is written stays.
     * @returns whether there was one. @throws {AppError} NOT_FOUND
     */
    async stop(actor: Actor, chatId: string): Promise<boolean> {
      const runId = await store.requestStop(actor.userId, chatId);
      if (runId === null) {
        const own = and(eq(chats.id, chatId), eq(chats.userId, actor.userId));
        if ((await db.select({ id: chats.id }).from(chats).where(own)).length === 0) throw notFound('chat');
        return false;
      }
      abort(runId, 'stopped');
      return true;
    },

    /** Drops a run whose chat is gone, and lets its readers go. */
    async abandon(runId: string): Promise<void> {
      abort(runId, 'lost');
      await feed.wake([runId]).catch((err: unknown) => {
        log.warn(
          { err, runId },
          'other instances were not told that a run is gone; its readers find out by themselves',
        );
      });
    },

    /** How many answers this process is writing. */
    activeCount: (): number => active.size,

    /**
     * Lets running answers end for `graceMs`, then hands the rest over as interrupted. Runs started meanwhile are
     * interrupted at once.
     */
    async drain(graceMs: number): Promise<void> {
      const all = () => Promise.all([...active.values()].map((run) => run.done));
      await Promise.race([all(), pause(graceMs, undefined, { ref: false })]);
      draining = true;
      for (const runId of active.keys()) abort(runId, 'interrupted');
      await Promise.race([all(), pause(RENEW_MS, undefined, { ref: false })]);
    },

    /** Stops all upkeep; call it before the database is closed. */
    async close(): Promise<void> {
      clearInterval(timer);
      await unlisten?.();
      await feed.close();
    },
  };
}
