import { expect, test } from '@jest/globals';
import { parseEnv } from '#server/env';
import { receiversOf } from './receivers.ts';

const COMMON = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a/base/', OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b' };
const headers = [['x-key', 'a b']];
const traces = { url: 'http://a/base/v1/traces', headers };
const metrics = { url: 'http://a/base/v1/metrics', headers };
const OWN = 'http://b/own';

test.each<[string, Record<string, string>, object]>([
  ['none without an endpoint', {}, { traces: undefined, metrics: undefined }],
  ['those below the common endpoint', COMMON, { traces, metrics }],
  [
    'that of metrics only, whose URL is used as it is',
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: OWN },
    { traces: undefined, metrics: { url: OWN, headers: [] } },
  ],
  [
    'one of each, with the common headers',
    { ...COMMON, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: OWN },
    { traces, metrics: { url: OWN, headers } },
  ],
  [
    'one of each, with headers of their own',
    {
      ...COMMON,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: OWN,
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-own=c',
    },
    { traces, metrics: { url: OWN, headers: [['x-own', 'c']] } },
  ],
  ['no traces', { ...COMMON, OTEL_TRACES_EXPORTER: 'none' }, { traces: undefined, metrics }],
  [
    'no metrics',
    { ...COMMON, OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: OWN },
    { traces, metrics: undefined },
  ],
])('the settings name %s', (_, settings, expected) => {
  expect(receiversOf(parseEnv(settings))).toEqual(expected);
});
