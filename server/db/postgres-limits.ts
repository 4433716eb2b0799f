import type postgres from 'postgres';

type Client = postgres.Sql;
type Transaction = postgres.TransactionSql;

/** A client with a single connection, and what is known about it. */
export interface Slot {
  client: Client;
  /** The `statement_timeout` of its session; undefined if unknown. */
  limitMs: number | undefined;
  /** True if the connection was opened. */
  isOpen: boolean;
  /** A time of `performance.now()`. */
  createdAt: number;
}

/** Sends work over the connection of a slot, with a time limit for each statement in milliseconds; Infinity for none. */
export interface LimitedSender {
  statement: <T>(
    slot: Slot,
    limitMs: number,
    send: (client: Client) => PromiseLike<T> & { execute: () => unknown },
  ) => Promise<T>;
  transaction: (
    slot: Slot,
    limitMs: number,
    work: (transaction: Transaction) => Promise<unknown>,
  ) => Promise<unknown>;
}

/** How long a transaction through a transaction pooler may wait for its next statement, in milliseconds. */
export const IDLE_IN_TRANSACTION_MS = 10_000;

const timeout = (limitMs: number) => `statement_timeout = ${Number.isFinite(limitMs) ? limitMs : 0}`;

async function setForSession(slot: Slot, limitMs: number): Promise<void> {
  const set = slot.client.unsafe(`set ${timeout(limitMs)}`);
  if (!slot.isOpen) {
    // If a connection cannot be opened, only its first statement fails with the reason.
    await set;
    slot.isOpen = true;
  } else {
    // Not awaited: it is sent before the statement in the same packet, and fails together with the connection.
    set.catch(() => {
      slot.limitMs = undefined;
    });
  }
  slot.limitMs = limitMs;
}

/**
 * Sets the limit of the session, but only if the previous statement of the connection had another one, in the same
 * packet as the statement. So it costs no round trip, apart from the first one of a connection.
 */
export const limitedBySession: LimitedSender = {
  async statement(slot, limitMs, send) {
    if (slot.limitMs !== limitMs) await setForSession(slot, limitMs);
    return await send(slot.client);
  },
  async transaction(slot, limitMs, work) {
    if (slot.limitMs !== limitMs) await setForSession(slot, limitMs);
    return slot.client.begin(work);
  },
};

/**
 * Sets the limit in each transaction, because the next one may use another session behind a transaction pooler. A
 * single statement gets a transaction of its own, in the same packet.
 */
export const limitedByTransaction: LimitedSender = {
  async statement(slot, limitMs, send) {
    const { client } = slot;
    const begun = client.unsafe(`begin; set local ${timeout(limitMs)}`).execute();
    if (!slot.isOpen) {
      // If a connection cannot be opened, only its first statement fails with the reason.
      await begun;
      slot.isOpen = true;
    }
    const result = send(client);
    result.execute();
    const ended = client.unsafe('commit').execute();
    const [value] = await Promise.all([result, begun, ended]);
    return value;
  },
  async transaction(slot, limitMs, work) {
    const { options } = slot.client;
    const { prepare } = options;
    const begun = slot.client.begin(async (transaction) => {
      slot.isOpen = true;
      void transaction
        .unsafe(
          `set local ${timeout(limitMs)}; set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
        )
        .execute();
      try {
        return await work(transaction);
      } finally {
        // Never prepare COMMIT. If the session does not have the prepared statement, its transaction fails. postgres.js
        // then sends COMMIT again, which rolls back and reports no error.
        options.prepare = false;
      }
    });
    try {
      return await begun;
    } finally {
      options.prepare = prepare;
    }
  },
};
