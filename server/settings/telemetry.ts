import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { optional, withDefault } from './fields.ts';

/** The forms of the log: lines of JSON for programs, or text for people. */
export const LogFormat = z.enum(['json', 'pretty']);

/** Pairs such as `name=value`, separated by commas, with percent-encoded values. */
const headerList = z.string().transform((list, context): [name: string, value: string][] => {
  try {
    const pairs = list.split(',').map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [name.trim().toLowerCase(), decodeURIComponent(value.join('=').trim())];
    });
    return [...new Headers(pairs)];
  } catch {
    // The message must not repeat a value, which is secret.
    context.addIssue({ code: 'custom', message: 'must be headers as name=value, separated by commas' });
    return z.NEVER;
  }
});

/** The settings of the log, the metrics and the traces. */
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
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(z.url({ protocol: /^https?$/ })).meta({
    description:
      'The URL of a receiver of OpenTelemetry traces (OTLP over HTTP, in JSON), without /v1/traces. If empty, there are no traces.',
    examples: ['http://127.0.0.1:4318'],
  }),
  OTEL_EXPORTER_OTLP_HEADERS: optional(headerList).meta({
    description:
      'Headers for the receiver of traces, such as its key, as name=value separated by commas. Values are percent-encoded.',
    examples: ['authorization=Bearer%20key'],
  }),
  OTEL_SERVICE_NAME: withDefault(z.string().min(1), PRODUCT.slug).meta({
    description: 'The name of this service in traces.',
  }),
  OTEL_TRACES_SAMPLER: withDefault(
    z.enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    'parentbased_always_on',
  ).meta({
    description:
      'Which traces are exported. With parentbased_, a proxy of TRUST_PROXY that sends traceparent decides for its requests.',
    examples: ['parentbased_traceidratio'],
  }),
  OTEL_TRACES_SAMPLER_ARG: withDefault(z.coerce.number().min(0).max(1), 1).meta({
    description: 'The share of traces that the samplers with traceidratio export, from 0 to 1.',
    examples: ['0.01'],
  }),
};
