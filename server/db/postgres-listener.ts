import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Logger } from '#server/log/index';
import { isReadOnly } from './errors.ts';
import { failure } from './postgres-socket.ts';

type OnPayload = (payload: string) => void;

/** What the listener needs to know about its connection. */
interface ListenerEvents {
  /** Receives each notification. It is an option of postgres.js that its types do not have. */
  onnotify: (channel: string, payload: string) => void;
  onclose: () => void;
}

interface ListenerOptions {
  /** Creates a client with one connection that does not go through a transaction pooler. */
  connect: (events: ListenerEvents) => postgres.Sql;
  /** Called if the server rejects changes, so that the next connection leads to another one. */
  reconsider: () => void;
  log: Logger;
}

/** The time between two attempts to restore the connection, in milliseconds. */
const RETRY_MS = 250;

const quote = (channel: string) => `"${channel.replaceAll('"', '""')}"`;

/**
 * Listens on all channels with one connection. After a lost connection was restored, every channel gets an empty
 * payload, because notifications may have been lost.
 *
 * `listen` of postgres.js is not used: while the database is unreachable, it queues statements without limit as soon as
 * a client has two channels.
 */
export function createListener({ connect, reconsider, log }: ListenerOptions) {
  const channels = new Map<string, Set<OnPayload>>();
  let client: postgres.Sql | undefined;
  let isRestoring = false;
  let isClosed = false;

  const notifyListeners = (channel: string, payload: string) => {
    for (const onPayload of channels.get(channel) ?? []) onPayload(payload);
  };

  /** Listens on all channels again, by one statement at a time. */
  async function restore(): Promise<void> {
    if (isRestoring || channels.size === 0) return;
    isRestoring = true;
    const listen = () =>
      run((sql) => sql.unsafe([...channels.keys()].map((name) => `listen ${quote(name)}`).join('; '))).then(
        () => true,
        () => false,
      );
    while (!isClosed && !(await listen())) await pause(RETRY_MS);
    isRestoring = false;
    if (isClosed) return;
    log.warn('the LISTEN connection was lost and has been restored');
    for (const channel of channels.keys()) notifyListeners(channel, '');
  }

  function open(): postgres.Sql {
    const opened = connect({
      onnotify: notifyListeners,
      onclose() {
        if (client === opened) client = undefined;
        void restore();
      },
    });
    return opened;
  }

  /** Runs a statement on the connection, which is opened if it is not open. */
  async function run(statement: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
    if (isClosed) throw failure('CONNECTION_ENDED', 'The database was closed.');
    const sql = (client ??= open());
    try {
      await statement(sql);
    } catch (error) {
      // A standby accepts neither LISTEN nor NOTIFY.
      if (isReadOnly(error)) {
        reconsider();
        void sql.end({ timeout: 0 });
      }
      throw error;
    }
  }

  return {
    /** Calls `onPayload` for each notification on `channel`. @returns a function that ends it. */
    async listen(channel: string, onPayload: OnPayload): Promise<() => Promise<void>> {
      await run((sql) => sql.unsafe(`listen ${quote(channel)}`));
      const own = channels.get(channel) ?? new Set();
      channels.set(channel, own.add(onPayload));
      return () => {
        own.delete(onPayload);
        if (own.size === 0 && channels.get(channel) === own) {
          channels.delete(channel);
          // Not awaited, because the database may not respond. A lost connection is restored without this channel.
          if (!isRestoring && !isClosed) client?.unsafe(`unlisten ${quote(channel)}`).catch(() => undefined);
        }
        return Promise.resolve();
      };
    },

    /** Sends a NOTIFY. Without a connection, it fails with the next attempt to connect. */
    async notify(channel: string, payload: string): Promise<void> {
      await run((sql) => sql.notify(channel, payload));
    },

    async close(): Promise<void> {
      isClosed = true;
      await client?.end({ timeout: 1 });
    },
  };
}
