import type { Env } from '#server/env';

/** Where traces or metrics are sent. */
export interface Receiver {
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
}

/** The receivers; `undefined` for what is not sent. */
export interface Receivers {
  traces: Receiver | undefined;
  metrics: Receiver | undefined;
}

/** Returns the receivers of traces and metrics. Only the common endpoint gets a path, as OpenTelemetry specifies. */
export function receiversOf(env: Env): Receivers {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: headers = [],
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: metricsHeaders = headers,
  } = env;
  const below = (path: string) => endpoint && `${endpoint.replace(/\/+$/, '')}/${path}`;
  const traces = below('v1/traces');
  const metrics = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? below('v1/metrics');
  const areTracesOn = env.OTEL_TRACES_EXPORTER !== 'none';
  const areMetricsOn = env.OTEL_METRICS_EXPORTER !== 'none';
  return {
    traces: areTracesOn && traces !== undefined ? { url: traces, headers } : undefined,
    metrics: areMetricsOn && metrics !== undefined ? { url: metrics, headers: metricsHeaders } : undefined,
  };
}
