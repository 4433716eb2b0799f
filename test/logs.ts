import { pino } from 'pino';
import { z } from 'zod';
import { type Logger, serializers } from '#server/log/index';

const Line = z.looseObject({ level: z.number(), msg: z.string() });

/** A silent logger. It has no stream to end when the process ends, because a worker has such a logger per test file. */
export const silent: Logger = pino({ level: 'silent' }, { write: () => undefined });

/** A line of a log. */
export type LogLine = z.output<typeof Line>;

/** Creates a logger. `lines` are those that it has written. */
export function recordLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino(
    { level: 'debug', serializers },
    { write: (line: string) => void lines.push(Line.parse(JSON.parse(line))) },
  );
  return { log, lines };
}
