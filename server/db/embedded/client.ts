import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { type Results, types } from '@electric-sql/pglite';
import { cutText } from '#layer/index';
import { createConnectionQueue } from '#server/db/connection-queue';
import { asMaintenance, isRead, timeLimitOf, type TimeLimits } from '#server/db/work';
import { MAX_STATEMENT_BYTES } from '#server/log/describe';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { inStatement } from '#server/tracing/statements';
import { startMaintenance } from './maintenance.ts';
import type { Opening } from './opening.ts';
import { startThread, type Thread } from './thread.ts';

/** The minimum time between two attempts to open the folder again, in milliseconds. */
const RETRY_MS = 1000;

interface QueryOptions {
  rowMode?: 'array' | 'object';
}

/** The part of a client or transaction that Drizzle's driver for PGlite uses. */
export interface Connection {
  query: (text: string, params?: unknown[], options?: QueryOptions) => Promise<Results>;
}

/** The part of PGlite's interface that we use. PGlite and the client of a thread implement it. */
export interface EmbeddedClient extends Connection {
  transaction: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

/** The client of a thread. */
export interface ThreadClient extends EmbeddedClient {
  /** Copies the files of the database while all statements wait. @returns for how long, in milliseconds. */
  copyFiles: (to: string) => Promise<number>;
}

/** The error of Postgres for query_canceled. */
const timedOut = (ms: number) =>
  Object.assign(new Error(`The database took longer than ${ms} ms.`), { code: '57014' });
const notOpen = (cause: unknown) =>
  Object.assign(new Error('The embedded database cannot be opened again.', { cause }), { code: '08006' });
const transactionOver = () => Object.assign(new Error('The transaction is over.'), { code: '25P01' });

const JSON_TYPES: readonly number[] = [types.JSON, types.JSONB];

/** Parses the JSON of results in place, because the thread sends it as text. */
function readJson(results: Results): Results {
  const rows: Record<string | number, unknown>[] = results.rows;
  results.fields.forEach(({ name, dataTypeID }, index) => {
    if (!JSON_TYPES.includes(dataTypeID)) return;
    for (const row of rows) {
      const key = Array.isArray(row) ? index : name;
      const value = row[key];
      if (typeof value === 'string') row[key] = JSON.parse(value);
    }
  });
  return results;
}

/** Runs `work`, and calls `onLate` if it takes longer than `ms`. */
async function within<T>(ms: number, onLate: () => void, work: () => Promise<T>): Promise<T> {
  if (ms === Infinity) return work();
  const timer = setTimeout(onLate, ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Returns a client of the database that is being opened in a thread of its own. It opens the database again if that
 * thread has ended. It has one connection, so statements and transactions take turns. If one exceeds its time limit, it
 * fails with 57014 and its thread is ended. Waiting statements continue in a new thread. Also starts the maintenance
 * that PGlite does not do by itself.
 * @throws the error of PGlite if it cannot open the folder the first time.
 */
export async function openInThread(
  opening: Pick<Opening, 'files' | 'thread'>,
  limits: TimeLimits,
  log: Logger,
): Promise<ThreadClient> {
  const queue = createConnectionQueue({ width: 1, share: 1, waitMs: limits.wait, patienceMs: Infinity });
  metrics.database.read(queue.running, 'in_use');
  metrics.database.read(() => 1 - queue.running(), 'idle');
  metrics.database.read(queue.waiting, 'waiting');
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const onNotification = (channel: string, payload: string) => {
    for (const onPayload of listeners.get(channel) ?? []) onPayload(payload);
  };
  let thread = await opening.thread;
  thread.onNotification(onNotification);
  let closed = false;
  let changes = 0;
  let failed: { at: number; cause: unknown } | undefined;

  /**
   * Returns the thread, or a new one if it has ended. Never runs twice at the same time, because callers take turns.
   */
  async function liveThread(): Promise<Thread> {
    if (thread.isAlive()) return thread;
    if (closed) throw notOpen(new Error('It was closed.'));
    if (failed && performance.now() - failed.at < RETRY_MS) throw notOpen(failed.cause);
    await thread.exited;
    const began = performance.now();
    try {
      thread = await startThread(opening.files);
      thread.onNotification(onNotification);
      for (const channel of listeners.keys()) await thread.query(listening('listen', channel));
    } catch (cause) {
      failed = { at: performance.now(), cause };
      log.error({ err: cause }, 'reopening the embedded database failed');
      throw notOpen(cause);
    }
    log.warn({ ms: Math.round(performance.now() - began) }, 'reopened the embedded database');
    // Notifications may have been lost.
    for (const channel of listeners.keys()) onNotification(channel, '');
    return thread;
  }

  function execute({ query, kill }: Thread, text: string, params?: unknown[], options?: QueryOptions) {
    const limit = timeLimitOf(text, limits);
    const end = () => {
      log.error(
        { statement: cutText(text, MAX_STATEMENT_BYTES), ms: limit },
        'a statement exceeded its time limit and was ended',
      );
      kill(timedOut(limit));
    };
    return within(limit, end, () => query({ text, params, rowMode: options?.rowMode }).then(readJson));
  }

  async function transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const own = await liveThread();
    const late = Promise.withResolvers<never>();
    let over = false;
    const limit = timeLimitOf('', limits);
    const end = () => {
      over = true;
      late.reject(timedOut(limit));
    };
    const query: Connection['query'] = (...statement) =>
      over ? Promise.reject(transactionOver()) : inStatement(statement[0], () => execute(own, ...statement));
    await execute(own, 'begin');
    try {
      const result = await within(limit, end, () => Promise.race([work({ query }), late.promise]));
      await query('commit');
      return result;
    } catch (error) {
      over = true;
      // The rollback waits for a statement that is still running, which has its own limit.
      if (own.isAlive()) await execute(own, 'rollback').catch(() => undefined);
      throw error;
    } finally {
      over = true;
    }
  }

  const query: Connection['query'] = (...statement) =>
    inStatement(statement[0], () => queue.pass(async () => execute(await liveThread(), ...statement)));
  const stopMaintenance = startMaintenance({ query, isIdle: queue.isIdle, changes: () => changes }, log);

  return {
    query(...statement) {
      if (!isRead(statement[0])) changes++;
      return query(...statement);
    },
    transaction(work) {
      changes++;
      return inStatement('begin', () => queue.pass(() => transaction(work)));
    },
    async listen(channel, onPayload) {
      const own = listeners.get(channel) ?? new Set();
      listeners.set(channel, own.add(onPayload));
      await queue.pass(async () => (await liveThread()).query(listening('listen', channel)));
      return async () => {
        own.delete(onPayload);
        if (own.size > 0 || !listeners.delete(channel) || !thread.isAlive()) return;
        await queue.pass(async () => (await liveThread()).query(listening('unlisten', channel)));
      };
    },
    async copyFiles(to) {
      // Makes the time to open the copy short.
      await asMaintenance(() => query('checkpoint'));
      return queue.pass(async () => {
        // Not during the end of a thread that is killed.
        await liveThread();
        const began = performance.now();
        await cp(opening.files, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
        return Math.round(performance.now() - began);
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      stopMaintenance();
      await queue.pass(() => (thread.isAlive() ? thread.close() : thread.exited));
    },
  };
}

const listening = (verb: 'listen' | 'unlisten', channel: string) => ({
  text: `${verb} "${channel.replaceAll('"', '""')}"`,
  params: undefined,
  rowMode: undefined,
});
