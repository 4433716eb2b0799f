import { type Logger, pino } from 'pino';
import { env, type Env } from '#server/env';
import { addressFormat } from './addresses.ts';
import { describeError } from './describe.ts';
import { createLineStream } from './lines.ts';
import { terminal } from './pretty.ts';
import { showError } from './terminal.ts';

export type { Logger };

/** Fields that contain secrets. They are removed from every line. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'key', 'apiKey', 'token', 'secret'];

/** Logs only those fields of errors that cannot contain data of a caller (server/log/describe.ts), and no other text as `ip`. */
export const serializers = { err: describeError, ip: addressFormat('full') };

type Settings = Pick<Env, 'LOG_LEVEL'> & Partial<Pick<Env, 'NODE_ENV' | 'LOG_FORMAT' | 'LOG_ADDRESS'>>;

/** Returns the form of the log: that of the setting, or the one that suits its reader. */
export const formatOf = ({
  NODE_ENV,
  LOG_FORMAT,
}: {
  NODE_ENV?: Env['NODE_ENV'] | undefined;
  LOG_FORMAT?: Env['LOG_FORMAT'];
}): 'json' | 'pretty' =>
  LOG_FORMAT ?? (NODE_ENV === 'development' || process.stderr.isTTY ? 'pretty' : 'json');

/**
 * Creates a logger: lines on standard error, of a limited size and number, without secrets. In development, readable text
 * has the messages of errors and every repeat (server/log/terminal.ts).
 */
export function createLogger(settings: Settings): Logger {
  const { LOG_LEVEL: level, NODE_ENV, LOG_ADDRESS = 'full' } = settings;
  const redact = { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), remove: true };
  const isPretty = formatOf(settings) === 'pretty';
  const ip = addressFormat(LOG_ADDRESS);
  if (isPretty && NODE_ENV === 'development') {
    return pino({ level, serializers: { err: showError, ip }, redact }, terminal);
  }
  const lines = createLineStream(isPretty ? terminal : pino.destination({ fd: 2, sync: false }));
  // Runs before pino's own listener, which closes the destination.
  process.prependListener('exit', () => {
    lines.flushSync();
  });
  return pino({ level, serializers: { ...serializers, ip }, redact }, lines);
}

declare global {
  /** The logger of the process. Both copies of the modules write to it (decision 1). */
  var logOfProcess: Logger | undefined;
}

/** Returns the logger of the process, which is created once. @throws {EnvError} */
export const processLog = (): Logger => (globalThis.logOfProcess ??= createLogger(env()));

/** Returns a logger for the lines of start and stop, which are written at any LOG_LEVEL. */
export const noticesOf = (log: Logger): Logger => log.child({}, { level: 'info' });
