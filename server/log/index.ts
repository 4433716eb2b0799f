import { type Logger, pino } from 'pino';
import type { Env } from '#server/env';
import { describeError } from './describe.ts';
import { createLineStream } from './lines.ts';
import { showError, terminal } from './terminal.ts';

export type { Logger };

/** Fields that contain secrets. They are removed from every line. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'key', 'apiKey', 'token', 'secret'];

/** Logs only those fields of errors that cannot contain data of a caller (server/log/describe.ts). */
export const serializers = { err: describeError };

/**
 * Creates the logger of the process: JSON lines on standard error, of a limited size and number, without secrets. In
 * development it writes readable text with the messages of errors (server/log/terminal.ts).
 */
export function createLogger({
  LOG_LEVEL: level,
  NODE_ENV,
}: Pick<Env, 'LOG_LEVEL'> & Partial<Pick<Env, 'NODE_ENV'>>): Logger {
  const redact = { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), remove: true };
  if (NODE_ENV === 'development') return pino({ level, serializers: { err: showError }, redact }, terminal);
  const lines = createLineStream(pino.destination({ fd: 2, sync: false }));
  // Runs before pino's own listener, which closes the destination.
  process.prependListener('exit', () => {
    lines.flushSync();
  });
  return pino({ level, serializers, redact }, lines);
}
