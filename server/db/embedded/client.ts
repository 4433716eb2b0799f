import { type Results, types } from '@electric-sql/pglite';
import { cutText } from '#layer/index';
import { createConnectionQueue } from '#server/db/connection-queue';
import { isRead, timeLimitOf, type TimeLimits } from '#server/db/work';
import { MAX_STATEMENT_BYTES } from '#server/log/describe';
import type { Logger } from '#server/log/index';
import { startThread, type Thread } from './thread.ts';
import { startMaintenance } from './maintenance.ts';

/** How soon a folder that could not be opened is tried again, in milliseconds. */
const RETRY_MS = 1000;

interface QueryOptions {
  rowMode?: 'array' | 'object';
}

/** What Drizzle's driver for PGlite asks of a client, and of a transaction. */
export interface Connection {
  query: (text: string, params?: unknown[], options?: QueryOptions) => Promise<Results>;
}

/** The part of PGlite's interface that is used here: PGlite itself has it, and so has the client of a thread. */
export interface EmbeddedClient extends Connection {
  transaction: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

/** As Postgres says query_canceled. */
const tookTooLong = (ms: number) =>
  Object.assign(new Error(`The database took longer than ${ms} ms.`), { code: '57014' });
const notOpen = (cause: unknown) =>
  Object.assign(new Error('The embedded database cannot be opened again.', { cause }), { code: '08006' });
const transactionOver = () => Object.assign(new Error('The transaction is over.'), { code: '25P01' });

const JSON_TYPES: readonly number[] = [types.JSON, types.JSONB];

/** Reads the JSON of results, in place: it comes from the thread as text. */
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

/** Does `work` with a function that is called after `ms`, unless the work is done by then. */
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
 * Opens the database of `folder` in a thread of its own, and again when that thread has ended. It has one connection,
 * so statements and transactions take turns. One that takes longer than its limit is ended together with the thread:
 * it fails with 57014, what waits goes on a moment later in the database that was opened again. What PGlite lacks of a
 * server's upkeep is done beside it.
 * @throws what PGlite says when it cannot open the folder the first time.
 */
export async function openInThread(folder: string, limits: TimeLimits, log: Logger): Promise<EmbeddedClient> {
  const queue = createConnectionQueue({ width: 1, share: 1, waitMs: limits.wait, patienceMs: Infinity });
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const hear = (channel: string, payload: string) => {
    for (const onPayload of listeners.get(channel) ?? []) onPayload(payload);
  };
  let thread = await startThread(folder, hear);
  let closed = false;
  let changes = 0;
  let failed: { at: number; cause: unknown } | undefined;

  /** The thread, or a new one in the place of one that has ended. Only what has its turn calls this, so there is one. */
  async function living(): Promise<Thread> {
    if (thread.isAlive()) return thread;
    if (closed) throw notOpen(new Error('It was closed.'));
    if (failed && performance.now() - failed.at < RETRY_MS) throw notOpen(failed.cause);
    await thread.gone;
    const began = performance.now();
    try {
      thread = await startThread(folder, hear);
      for (const channel of listeners.keys()) await thread.query(listening('listen', channel));
    } catch (cause) {
      failed = { at: performance.now(), cause };
      log.error({ err: cause }, 'the embedded database could not be opened again');
      throw notOpen(cause);
    }
    log.warn({ ms: Math.round(performance.now() - began) }, 'the embedded database was opened again');
    // What was sent meanwhile is lost.
    for (const channel of listeners.keys()) hear(channel, '');
    return thread;
  }

  function ask({ query, kill }: Thread, text: string, params?: unknown[], options?: QueryOptions) {
    const limit = timeLimitOf(text, limits);
    const end = () => {
      log.error(
        { statement: cutText(text, MAX_STATEMENT_BYTES), ms: limit },
        'a statement took too long and was ended',
      );
      kill(tookTooLong(limit));
    };
    return within(limit, end, () => query({ text, params, rowMode: options?.rowMode }).then(readJson));
  }

  async function transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const on = await living();
    const late = Promise.withResolvers<never>();
    let over = false;
    const limit = timeLimitOf('', limits);
    const end = () => {
      over = true;
      late.reject(tookTooLong(limit));
    };
    const query: Connection['query'] = (...statement) =>
      over ? Promise.reject(transactionOver()) : ask(on, ...statement);
    await ask(on, 'begin');
    try {
      const result = await within(limit, end, () => Promise.race([work({ query }), late.promise]));
      await query('commit');
      return result;
    } catch (error) {
      over = true;
      // It comes after a statement that is still on its way, which has a limit.
      if (on.isAlive()) await ask(on, 'rollback').catch(() => undefined);
      throw error;
    } finally {
      over = true;
    }
  }

  const query: Connection['query'] = (...statement) =>
    queue.pass(async () => ask(await living(), ...statement));
  const stopMaintenance = startMaintenance({ query, isIdle: queue.isIdle, changes: () => changes }, log);

  return {
    query(...statement) {
      if (!isRead(statement[0])) changes++;
      return query(...statement);
    },
    transaction(work) {
      changes++;
      return queue.pass(() => transaction(work));
    },
    async listen(channel, onPayload) {
      const heard = listeners.get(channel) ?? new Set();
      listeners.set(channel, heard.add(onPayload));
      await queue.pass(async () => (await living()).query(listening('listen', channel)));
      return async () => {
        heard.delete(onPayload);
        if (heard.size > 0 || !listeners.delete(channel) || !thread.isAlive()) return;
        await queue.pass(async () => (await living()).query(listening('unlisten', channel)));
      };
    },
    async close() {
      if (closed) return;
      closed = true;
      stopMaintenance();
      await queue.pass(() => (thread.isAlive() ? thread.close() : thread.gone));
    },
  };
}

const listening = (verb: 'listen' | 'unlisten', channel: string) => ({
  text: `${verb} "${channel.replaceAll('"', '""')}"`,
  params: undefined,
  rowMode: undefined,
});
