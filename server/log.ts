import { pino, type Logger } from 'pino';
import type { Env } from '#server/env';

export type { Logger };

/** Headers and fields that hold secrets; they are dropped from every line, wherever they stand. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'key', 'apiKey', 'token', 'secret'];

/** Characters of one text of an error that are written. Messages of databases and providers may repeat what they were sent. */
const MAX_TEXT = 2_000;
const MAX_ITEMS = 20;
const MAX_DEPTH = 5;
/** Fields of errors that hold what users said: parameters of SQL, and requests to and responses of model providers. */
const CONTENTS = new Set([
  'params',
  'parameters',
  'args',
  'requestBodyValues',
  'responseBody',
  'data',
  'text',
]);

/** Drizzle repeats the parameters of a failed query in its message. */
const PARAMETERS = /\nparams: [\s\S]*?(?=\n {4}at |$)/g;

/** A value of an error as it is written: long texts and lists are cut, contents left out. */
function bounded(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    const text = value.replace(PARAMETERS, '');
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => bounded(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.filter(([name]) => !CONTENTS.has(name)).map(([name, item]) => [name, bounded(item, depth + 1)]),
  );
}

/** How errors are written: pino's form, of a limited size whatever they carry. */
export const serializers = {
  err: (error: unknown): unknown =>
    bounded(error instanceof Error ? pino.stdSerializers.errWithCause(error) : error),
};

/** The logger of the process: JSON lines on standard error, secrets removed. */
export function createLogger(env: Pick<Env, 'LOG_LEVEL'>): Logger {
  return pino(
    {
      level: env.LOG_LEVEL,
      serializers,
      redact: { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), remove: true },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
