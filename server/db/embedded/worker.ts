/** The thread in which the embedded database runs; server/db/embedded/thread.ts starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import type { Failure, Reply, Request } from './messages.ts';
import { SETTINGS } from './settings.ts';
import { createStatements } from './statements.ts';

const asText = (value: string): string => value;

/**
 * JSON stays text here and is parsed by the main thread, because one text is cheaper to copy than many values. Times
 * stay text because Drizzle parses them.
 */
const PARSERS = Object.fromEntries(
  [types.JSON, types.JSONB, types.TIMESTAMP, types.TIMESTAMPTZ, types.DATE, types.INTERVAL].map((type) => [
    type,
    asText,
  ]),
);

const port = parentPort;
const folder: unknown = workerData;
if (!port || typeof folder !== 'string') throw new Error('This file must be started as a worker thread.');

const reply = (message: Reply): void => {
  port.postMessage(message);
};

/** Returns true for a trap of WebAssembly or the exit of its process. The database does not respond afterwards. */
const isFatal = (error: unknown): boolean =>
  error instanceof WebAssembly.RuntimeError || (error instanceof Error && error.name === 'ExitStatus');

function describe(error: unknown): Failure {
  const fields = typeof error === 'object' && error !== null ? { ...error } : {};
  const message = error instanceof Error ? error.message : String(error);
  return { message, fields, isFatal: isFatal(error) };
}

const client = await PGlite.create(folder, {
  parsers: PARSERS,
  startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
});
client.onNotification((channel, payload) => {
  reply({ channel, payload });
});

const run = createStatements(client);

/** @returns `null` if the request closed the database. */
const handle = (request: Request) =>
  'close' in request ? client.close().then(() => null) : run(request.statement);

port.on('message', (request: Request) => {
  handle(request).then(
    (results) => {
      reply({ id: request.id, results });
    },
    (error: unknown) => {
      reply({ id: request.id, failure: describe(error) });
    },
  );
});
reply({ opened: true });
