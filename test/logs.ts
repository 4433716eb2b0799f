import { pino } from 'pino';
import { z } from 'zod';
import { type Logger, serializers } from '#server/log/index';

const Line = z.looseObject({ level: z.number(), msg: z.string() });

/** Says nothing, and has no stream that would be ended when the process ends: a worker has one for each test file. */
export const silent: Logger = pino({ level: 'silent' }, { write: () => undefined });

/** A line of a log. */
export type LogLine = z.output<typeof Line>;

/** A logger and the lines it has written. */
export function recordLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino(
    { level: 'debug', serializers },
    { write: (line: string) => void lines.push(Line.parse(JSON.parse(line))) },
  );
  return { log, lines };
}
