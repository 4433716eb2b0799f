import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '#server/db/database';
import { type CopySession, target, TEXT_SETTINGS } from './session.ts';

/** Opens a session of its own on Postgres, whose statements have no time limit. */
export function openPostgresCopy(openSession: NonNullable<Database['openSession']>): CopySession {
  const client = openSession({
    idleTimeoutMs: 0,
    parameters: {
      ...TEXT_SETTINGS,
      client_encoding: 'UTF8',
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
    },
  });
  return {
    kind: 'postgres',
    rows: (statement) => client.unsafe(statement),
    async *copyOut(table) {
      const { table: name, list } = target(table);
      const stream = await client.unsafe(`copy ${name} (${list}) to stdout`).readable();
      for await (const chunk of stream) yield chunk as Uint8Array;
      // postgres.js pauses its socket when the stream is full, and resumes it at the next read. There is none after the
      // last chunk, so the next statement would wait forever.
      stream._read(0);
    },
    async copyIn(table, chunks) {
      const { table: name, list } = target(table);
      const writable = await client.unsafe(`copy ${name} (${list}) from stdin`).writable();
      await pipeline(Readable.from(chunks), writable);
    },
    close: () => client.end({ timeout: 5 }),
  };
}
