import type { Database } from '#server/db/database';
import { channelName } from '#server/db/names';
import type { Logger } from '#server/log/index';

/** The channel on which instances announce events of runs. A payload is the id of the sender, and the ids of runs. */
export const RUN_CHANNEL = channelName('runs');
/** PostgreSQL rejects a NOTIFY payload of 8000 bytes or more. */
const MAX_PAYLOAD = 7500;

/**
 * Returns a function that announces committed events of runs to the other instances. It never waits: while one NOTIFY
 * is in flight, the ids of runs collect for the next. If a NOTIFY fails, or this process dies before it, readers find
 * the events when they next check the log.
 *
 * A NOTIFY is never part of the commit that it announces. PostgreSQL commits transactions with a NOTIFY one by one, over
 * all databases of the server, and each waits for the disk while it holds that lock. A NOTIFY alone does not wait for
 * the disk (PreCommit_Notify in async.c, RecordTransactionCommit in xact.c).
 */
export function createAnnouncer({ notify }: Database, instanceId: string, log: Logger) {
  const waiting = new Set<string>();
  let isSending = false;

  function takePayloads(): string[] {
    const payloads: string[] = [];
    let payload = instanceId;
    for (const runId of waiting) {
      if (payload.length + runId.length > MAX_PAYLOAD) {
        payloads.push(payload);
        payload = instanceId;
      }
      payload += ` ${runId}`;
    }
    waiting.clear();
    return [...payloads, payload];
  }

  async function sendAll(send: NonNullable<Database['notify']>): Promise<void> {
    isSending = true;
    while (waiting.size > 0) {
      try {
        await Promise.all(takePayloads().map((payload) => send(RUN_CHANNEL, payload)));
      } catch (err) {
        log.warn({ err }, 'announcing events of runs failed, so readers on other instances get them late');
      }
    }
    isSending = false;
  }

  return (runIds: Iterable<string>): void => {
    if (!notify) return;
    for (const runId of runIds) waiting.add(runId);
    if (!isSending) void sendAll(notify);
  };
}
