import { pino, type Logger } from 'pino';
import type { Env } from '#server/env';

export type { Logger };

/** Headers and fields that hold secrets; they are dropped from every line, wherever they stand. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'key', 'apiKey', 'token', 'secret'];

/** The logger of the process: JSON lines on standard error, secrets removed. */
export function createLogger(env: Pick<Env, 'LOG_LEVEL'>): Logger {
  return pino(
    {
      level: env.LOG_LEVEL,
      redact: { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), remove: true },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
