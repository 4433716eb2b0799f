import { join } from 'node:path';
import type { Results } from '@electric-sql/pglite';
import type { Failure, Reply, Request, Statement } from './messages.ts';

/** Not imported, because Next's compiler creates a separate bundle from a file that it sees used for a Worker. */
const { Worker } = process.getBuiltinModule('node:worker_threads');
/** A path, because Next's bundle has the sources elsewhere (docs/decisions/0001-one-process-two-module-copies.md). */
export const WORKER = join(process.cwd(), 'server/db/embedded/worker.ts');
/** How long closing may take, including its final checkpoint, in milliseconds. */
const CLOSE_MS = 10_000;

type Notify = (channel: string, payload: string) => void;

/** A thread with the embedded database open in it. */
export interface Thread {
  /**
   * Runs a statement after all earlier ones. Fails with the database's error, or with the reason of the thread's end.
   */
  query: (statement: Statement) => Promise<Results>;
  /** Ends the thread at once, even during a statement. Its statements fail with `reason`. */
  kill: (reason: Error) => void;
  /** Sets the function to call with each notification. Channels notify from the first LISTEN on. */
  onNotification: (notify: Notify) => void;
  /** Closes the database, which must be idle, and ends the thread. */
  close: () => Promise<void>;
  isAlive: () => boolean;
  /** Resolves when the thread has exited and no longer has a file of the database open. */
  exited: Promise<void>;
}

interface Pending {
  resolve: (results: Results | null) => void;
  reject: (error: Error) => void;
}

const toError = ({ message, fields }: Failure): Error => Object.assign(new Error(message), fields);

/** The error of Postgres for connection_failure. */
const lost = (cause?: unknown) =>
  Object.assign(new Error('The embedded database has ended.', { cause }), { code: '08006' });

/**
 * Starts a thread and opens the database of `folder` in it. Nothing else may have it open (see `lockFolder`).
 * @throws the error of PGlite if it cannot open the folder.
 */
export async function startThread(folder: string): Promise<Thread> {
  const worker = new Worker(WORKER, { workerData: folder, execArgv: [] });
  const pending = new Map<number, Pending>();
  const opened = Promise.withResolvers<undefined>();
  const exited = Promise.withResolvers<undefined>();
  let requests = 0;
  let notify: Notify = () => undefined;
  let ended: Error | undefined;

  function end(reason: Error): void {
    ended ??= reason;
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
    opened.reject(ended);
  }

  function kill(reason: Error): void {
    if (ended) return;
    end(reason);
    void worker.terminate();
  }

  function settle(reply: Extract<Reply, { id: number }>): void {
    const request = pending.get(reply.id);
    pending.delete(reply.id);
    if ('results' in reply) request?.resolve(reply.results);
    else {
      request?.reject(toError(reply.failure));
      if (reply.failure.isFatal) kill(lost(toError(reply.failure)));
    }
  }

  worker.on('message', (reply: Reply) => {
    if ('id' in reply) settle(reply);
    else if ('channel' in reply) notify(reply.channel, reply.payload);
    else opened.resolve(undefined);
  });
  worker.on('error', (error) => {
    end(lost(error));
  });
  worker.on('exit', () => {
    end(lost());
    exited.resolve(undefined);
  });

  function send(content: { statement: Statement } | { close: true }): Promise<Results | null> {
    if (ended) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      const request: Request = { id: ++requests, ...content };
      worker.postMessage(request);
      pending.set(request.id, { resolve, reject });
    });
  }

  await opened.promise;
  return {
    async query(statement) {
      const results = await send({ statement });
      if (!results) throw lost();
      return results;
    },
    kill,
    onNotification(listener) {
      notify = listener;
    },
    async close() {
      const limit = setTimeout(() => {
        kill(lost());
      }, CLOSE_MS);
      // If closing fails, the database recovers when it is opened the next time.
      await send({ close: true }).catch(() => undefined);
      clearTimeout(limit);
      kill(lost());
      await exited.promise;
    },
    isAlive: () => !ended,
    exited: exited.promise,
  };
}
