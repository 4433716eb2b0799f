import { z } from 'zod';
import { optional, withDefault } from './fields.ts';

/** The forms of the log: lines of JSON for programs, or text for people. */
export const LogFormat = z.enum(['json', 'pretty']);

/** The settings of the log and the metrics. */
export const telemetry = {
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']), 'info').meta({
    description: 'The minimum log level. The lines of start and stop are always written.',
  }),
  LOG_FORMAT: optional(LogFormat).meta({
    description:
      'json for one JSON object per line, pretty for text to read at a terminal. Default: pretty in development and if standard error is a terminal, else json.',
    examples: ['json'],
  }),
  LOG_ADDRESS: withDefault(z.enum(['full', 'short', 'none']), 'full').meta({
    description:
      'How the log writes IP addresses of callers: full, short (only the network: IPv4 /24, IPv6 /48), or none. The audit trail of accounts always has them.',
    examples: ['short'],
  }),
  METRICS_TOKEN: optional(
    z.string().regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 printable ASCII characters and no spaces'),
  ).meta({
    description:
      'The bearer token of /api/metrics, by which Prometheus reads metrics. If empty, this path does not exist in production.',
    examples: ['a-long-random-string-without-spaces'],
  }),
};
