import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { integer, optional, withDefault } from './fields.ts';

/** The forms of the log: lines of JSON for programs, or text for people. */
export const LogFormat = z.enum(['json', 'pretty']);

/** Pairs such as `name=value`, separated by commas, with percent-encoded values. @param parse throws if they are not valid. */
const pairList = <T>(message: string, parse: (pairs: [name: string, value: string][]) => T) =>
  z.string().transform((list, context): T => {
    try {
      const pairs = list.split(',').map((pair): [string, string] => {
        const [, name, value = ''] = /^\s*([^\s=]+)\s*=(.*)$/s.exec(pair) ?? [];
        if (name === undefined) throw new Error('A pair has no name.');
        return [name, decodeURIComponent(value.trim())];
      });
      return parse(pairs);
    } catch {
      // The message must not repeat a value, which may be secret.
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  });

const headerList = pairList('must be headers as name=value, separated by commas', (pairs) => [
  ...new Headers(pairs),
]);

const attributeList = pairList(
  'must be attributes as name=value, separated by commas, with percent-encoded values',
  (pairs) => new Map(pairs.map(([name, value]) => [decodeURIComponent(name), value])),
);

/** The exporters of OpenTelemetry that are supported. */
const exporter = withDefault(z.enum(['otlp', 'none']), 'otlp');

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
      'The URL of a receiver of OpenTelemetry (OTLP over HTTP, in JSON), to which /v1/traces and /v1/metrics are added. If empty, no traces are sent, and metrics only to OTEL_EXPORTER_OTLP_METRICS_ENDPOINT.',
    examples: ['http://127.0.0.1:4318'],
  }),
  OTEL_EXPORTER_OTLP_HEADERS: optional(headerList).meta({
    description:
      'Headers for the receiver, such as its key, as name=value separated by commas. Values are percent-encoded.',
    examples: ['authorization=Bearer%20key'],
  }),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: optional(z.url({ protocol: /^https?$/ })).meta({
    description:
      'The whole URL of another receiver of metrics, to which nothing is added. Default: /v1/metrics below OTEL_EXPORTER_OTLP_ENDPOINT.',
    examples: ['http://127.0.0.1:9090/api/v1/otlp/v1/metrics'],
  }),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: optional(headerList).meta({
    description: 'Headers for the receiver of metrics, instead of OTEL_EXPORTER_OTLP_HEADERS.',
    examples: ['authorization=Bearer%20key'],
  }),
  OTEL_METRICS_EXPORTER: exporter.meta({
    description: 'none sends no metrics. /api/metrics does not depend on it.',
    examples: ['none'],
  }),
  OTEL_METRIC_EXPORT_INTERVAL: withDefault(integer(1000, 86_400_000), 60_000).meta({
    description: 'The time between two exports of metrics, in milliseconds.',
  }),
  OTEL_RESOURCE_ATTRIBUTES: optional(attributeList).meta({
    description:
      'Attributes of this service in traces and metrics, as name=value separated by commas. Values are percent-encoded.',
    examples: ['deployment.environment.name=production,cloud.region=eu-central-1'],
  }),
  OTEL_SERVICE_NAME: optional(z.string().min(1)).meta({
    description: `The name of this service in traces and metrics. Default: service.name of OTEL_RESOURCE_ATTRIBUTES, else ${PRODUCT.slug}.`,
    examples: [PRODUCT.slug],
  }),
  OTEL_TRACES_EXPORTER: exporter.meta({
    description: 'none records and sends no traces.',
    examples: ['none'],
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
