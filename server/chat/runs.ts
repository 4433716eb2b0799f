import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessageChunk } from 'ai';
import { and, eq } from 'drizzle-orm';
import { PRODUCT } from '#contract/product';
import type { Database } from '#server/db/database';
import { fileLoader } from './files/load.ts';
import { LEASE_MS, RENEW_MS } from '#server/db/lease';
import { runPeriodically } from '#server/db/periodic';
import { watchInstances } from '#server/db/presence';
import { chats } from '#server/db/schema/index';
import { STOP_CHANNEL } from '#server/db/stops';
import type { Env } from '#server/env';
import { AppError, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Maintenance } from '#server/maintenance/mode';
import { QUIET_NAME } from '#server/maintenance/switch';
import { metrics } from '#server/metrics/instruments';
import type { Models } from '#server/models/index';
import { pauseUnless } from '#server/pause';
import { fold } from '#server/search/fold';
import type { NewRun, Runs } from './engine.ts';
import { isOwn } from './own-chat.ts';
import { createPayments, ownerOfRun } from './payments.ts';
import { pruneLogs } from './prune-logs.ts';
import { type Abort, type AbortReason, writeAnswer } from './run-answer.ts';
import { createRecovery } from './recovery.ts';
import { createRunClaims, RELEASED } from './run-claims.ts';
import { createRunEndings } from './run-ending.ts';
import { createRunFeed } from './run-feed.ts';
import { createRunLog, type Loss } from './run-log.ts';
import { inRunSpan } from './run-spans.ts';
import { createRunPlaces } from './run-places.ts';
import { createRunStore, type OwnedRun } from './run-store.ts';
import { titleByModel, titleRequest } from './title.ts';
import { estimate, sumUsage } from './usage.ts';
import type { Secrets } from '#server/secrets/secrets';

/** How long a stop may take. The owner of the run has 15 seconds, then another instance ends it. */
const MAX_STOP_MS = 20_000;

/** A run that this process is writing. */
interface Active extends Abort {
  /** Releases its place among the answers of this process. */
  leave: () => void;
  done: Promise<void>;
}

interface RunsDeps {
  instanceId: string;
  database: Database;
  env: Env;
  log: Logger;
  models: Models;
  secrets: Secrets;
  maintenance: Maintenance;
  /** The pause between two rounds of periodic work, in milliseconds. */
  renewMs?: number | undefined;
}

/** Returns the fields by which log lines identify a run and the request that started it. */
const logFieldsOf = ({ runId, requestId }: OwnedRun) => ({ runId, requestId });

/**
 * Creates the engine. Answers belong to the server, not to the request that started them. A run continues if its reader
 * disconnects, and can be stopped from any instance. If this instance dies or stops, another one continues the run.
 */
export async function createRuns({
  instanceId,
  database,
  env,
  log,
  models,
  secrets,
  maintenance,
  renewMs = RENEW_MS,
}: RunsDeps): Promise<Runs> {
  const { db } = database;
  const store = createRunStore(database, instanceId);
  const feed = await createRunFeed(database, instanceId, log);
  const runLog = createRunLog(database, feed, instanceId, log, LEASE_MS);
  const endings = createRunEndings(store, feed, log);
  const claims = createRunClaims(database, instanceId);
  const places = createRunPlaces(env);
  maintenance.countAnswers(places.taken);
  const payments = createPayments(database, env);
  const loadFiles = fileLoader({ db, env });
  const active = new Map<string, Active>();
  let draining = false;
  metrics.runs.read(() => active.size);

  const abort = (runId: string, reason: AbortReason) => active.get(runId)?.abort(reason);

  /**
   * Lets the model write a title after the first exchange. Best effort: the chat already has a title from the question,
   * which is kept if too few tokens are left, and in maintenance mode.
   */
  async function nameChat(run: NewRun, userId: string, chunks: readonly UIMessageChunk[]): Promise<void> {
    if (run.titleFor === null || run.model === 'guide' || maintenance.isOn()) return;
    const answer = chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
    const request = titleRequest(run.titleFor, answer);
    const payment = await payments.pay(ownerOfRun(run.runId), request.input, request.output);
    if (!payment) return;
    // The usage that counts if the model fails.
    let named = { title: '', usage: estimate(payment.input, 0, payment) };
    try {
      named = await titleByModel(models.resolve(run.model, run.keys), { ...request, ...payment });
    } finally {
      await payments.correct(ownerOfRun(run.runId), payment, named.usage);
    }
    const { title } = named;
    if (title === '') return;
    await db
      .update(chats)
      .set({ title, titleFolded: fold(title) })
      .where(and(eq(chats.id, run.chatId), eq(chats.userId, userId), eq(chats.autoTitle, true)));
  }

  async function answer(run: NewRun, control: Abort, onWritten: () => void): Promise<void> {
    const { seq: first } = run.last;
    const losses: Loss[] = [];
    runLog.open(run.runId, first, (loss) => {
      losses.push(loss);
      control.abort('lost');
    });
    const { chunks, ending } = await writeAnswer({ env, log, models, loadFiles }, run, control, (chunk) => {
      onWritten();
      return runLog.append(run.runId, chunk);
    });
    const release = () => claims.release(run, sumUsage(run.spent, ending.usage));
    if (control.reason === 'lost' && losses.length === 0) {
      runLog.drop(run.runId);
      return;
    }
    const seq = await runLog.close(run.runId);
    if (seq === null) {
      // Another attempt continues what the database has.
      if (losses.includes('behind')) await release();
      return;
    }
    if (control.reason === 'released' && env.AI_CONTINUE_ANSWERS && (await release())) return;
    const userId = await endings.finish(run, { chunks, seq }, ending);
    if (userId === null) {
      // If the run still belongs to this instance, its log lacks events.
      await release();
      return;
    }
    if (ending.status !== 'complete') return;
    await nameChat(run, userId, chunks).catch((err: unknown) => {
      log.warn({ err, ...logFieldsOf(run) }, 'creating the title of a chat failed');
    });
  }

  /** @param onWritten called with each chunk and at the end. */
  function start(run: NewRun, onWritten: () => void = () => undefined): void {
    const controller = new AbortController();
    const state: Active = {
      signal: controller.signal,
      reason: null,
      abort(reason) {
        if (state.reason !== null) return;
        state.reason = reason;
        controller.abort();
      },
      leave: run.leave,
      done: Promise.resolve(),
    };
    active.set(run.runId, state);
    const event = { runId: run.runId, ...run.last };
    // Readers of earlier attempts have to check whether they have what this one continues.
    if (run.isTakenOver) feed.wake([run.runId]);
    else feed.open(event);
    if (draining) state.abort('released');
    state.done = inRunSpan(run, () => answer(run, state, onWritten))
      .catch((err: unknown) => {
        log.error({ err, ...logFieldsOf(run) }, 'failed to finalize a run');
      })
      .finally(() => {
        onWritten();
        // This process may already write its next attempt.
        if (active.get(run.runId) === state) release(run.runId);
        else state.leave();
      });
  }

  function release(runId: string): void {
    active.get(runId)?.leave();
    active.delete(runId);
    feed.forget(runId);
  }

  const recovery = createRecovery({
    ...{ database, env, log, models, secrets, store, claims, endings },
    freePlaces: places.free,
    abandon(runId) {
      abort(runId, 'lost');
      runLog.drop(runId);
      release(runId);
    },
    start(attempt, onWritten) {
      start({ ...attempt, leave: places.enter(null) }, onWritten);
    },
  });

  async function renew(): Promise<void> {
    if (active.size === 0) return;
    const before = [...active.keys()];
    const renewed = new Map((await claims.renew(before)).map((run) => [run.runId, run.cancelled]));
    for (const runId of before) {
      const cancelled = renewed.get(runId);
      if (cancelled === undefined) abort(runId, 'lost');
      else if (cancelled) abort(runId, 'stopped');
    }
  }

  const recover = () => recovery.take((limit) => claims.claim([...active.keys()], limit));

  // Separate loops, because takeovers and many logs may take long and must not delay the renewal of leases.
  const periodicWork = [
    runPeriodically('leases of runs', renewMs, renew, log),
    runPeriodically('abandoned runs', renewMs, recover, log),
    runPeriodically(
      'logs of ended runs',
      renewMs,
      maintenance.pausing(() => pruneLogs(database)),
      log,
    ),
  ];

  const unlisten =
    database.kind === 'postgres'
      ? await database.listen(STOP_CHANNEL, (runId) => {
          abort(runId, 'stopped');
        })
      : undefined;

  const { openSession } = database;
  const sessionName = () => (maintenance.isQuiet() ? QUIET_NAME : PRODUCT.slug);
  const unwatch =
    openSession &&
    (await watchInstances({ openSession, sessionName, log }, instanceId, RELEASED, (owners) =>
      recovery.take((limit) => claims.claimFrom(owners, limit)),
    ));
  // No other process can have the embedded database open, so its active runs are those of dead processes.
  const isAlone = database.kind === 'pglite';
  await recovery.take((limit) => (isAlone ? claims.claimAll(limit) : claims.claim([], limit)));

  return {
    enter: places.enter,
    start: (run) => {
      start(run);
    },
    follow: (runId, after, signal, passed) => feed.follow(runId, after, signal, passed),
    written: async (runId) => (await store.readLog(runId)).chunks,

    async stop(actor, chatId) {
      const runId = await store.requestStop(actor.userId, chatId);
      if (runId === null) {
        const own = isOwn(actor.userId, chatId);
        if ((await db.select({ id: chats.id }).from(chats).where(own)).length === 0) throw notFound('chat');
        return false;
      }
      abort(runId, 'stopped');
      return true;
    },

    async stopAndWait(actor, chatId, runId) {
      if ((await store.requestStop(actor.userId, chatId, runId)) === null) return;
      abort(runId, 'stopped');
      const deadline = Date.now() + MAX_STOP_MS;
      for (let wait = 5; await store.isActive(runId); wait = Math.min(2 * wait, 200)) {
        if (Date.now() > deadline) throw new AppError('RUN_ACTIVE', { fields: { runId }, retryAfter: 1 });
        await pause(wait);
      }
    },

    stopHere(runIds) {
      for (const runId of runIds) abort(runId, 'stopped');
    },

    async stopAll(userId) {
      for (const runId of await store.requestStopOfAll(userId)) abort(runId, 'stopped');
    },

    activeCount: () => active.size,

    async drain(graceMs, hurry) {
      const all = () => Promise.all([...active.values()].map((run) => run.done));
      recovery.end();
      await Promise.race([all(), pauseUnless(hurry, graceMs)]);
      draining = true;
      for (const runId of active.keys()) abort(runId, 'released');
      await Promise.race([all(), pause(RENEW_MS, undefined, { ref: false })]);
    },

    async close() {
      recovery.end();
      for (const end of periodicWork) end();
      await recovery.settle();
      await unwatch?.();
      await unlisten?.();
      await feed.close();
    },
  };
}
