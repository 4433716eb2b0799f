import { createServer } from 'node:http';
import { z } from 'zod';
import { listen } from './listen.ts';

const Value = z.union([
  z.strictObject({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.strictObject({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }).transform(({ intValue }) => Number(intValue)),
  z.strictObject({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z
    .strictObject({
      arrayValue: z.strictObject({ values: z.array(z.strictObject({ stringValue: z.string() })) }),
    })
    .transform(({ arrayValue }) => arrayValue.values.map(({ stringValue }) => stringValue)),
]);
const Attributes = z
  .array(z.strictObject({ key: z.string(), value: Value }))
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const TraceId = z.string().regex(/^(?!0+$)[0-9a-f]{32}$/);
const SpanId = z.string().regex(/^(?!0+$)[0-9a-f]{16}$/);
const Nanoseconds = z
  .string()
  .regex(/^\d{19}$/)
  .transform(BigInt);

/** A span by opentelemetry-proto's trace.proto, in the JSON of protobuf. Unknown fields are errors. */
const Span = z.strictObject({
  traceId: TraceId,
  spanId: SpanId,
  parentSpanId: SpanId.optional(),
  flags: z.int(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  links: z.array(z.strictObject({ traceId: TraceId, spanId: SpanId })).optional(),
  status: z.strictObject({ code: z.int().optional() }),
});
const Scope = z.strictObject({ name: z.string(), version: z.string() });
const Resource = z.strictObject({ attributes: Attributes });
const Traces = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: Resource,
      scopeSpans: z.array(z.strictObject({ scope: Scope, spans: z.array(Span) })),
    }),
  ),
});

/** An integer of 64 bits. */
const Count = z.string().regex(/^\d+$/).transform(Number);
const Double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const point = {
  attributes: Attributes,
  startTimeUnixNano: Nanoseconds,
  timeUnixNano: Nanoseconds,
};
const NumberPoints = z.array(z.strictObject({ ...point, asDouble: Double })).min(1);
const HistogramPoints = z
  .array(
    z
      .strictObject({
        ...point,
        count: Count,
        sum: Double,
        bucketCounts: z.array(Count),
        explicitBounds: z.array(z.number()),
      })
      .refine(({ bucketCounts, explicitBounds }) => bucketCounts.length === explicitBounds.length + 1)
      .refine(({ bucketCounts, count }) => bucketCounts.reduce((sum, each) => sum + each, 0) === count),
  )
  .min(1);
const metric = {
  name: z.string().min(1),
  description: z.string().min(1),
  unit: z.string().min(1).optional(),
};
const aggregationTemporality = z.literal(2);

/** A metric by opentelemetry-proto's metrics.proto. Counters and histograms are cumulative. */
const Metric = z.union([
  z.strictObject({
    ...metric,
    sum: z.strictObject({ aggregationTemporality, isMonotonic: z.literal(true), dataPoints: NumberPoints }),
  }),
  z.strictObject({ ...metric, gauge: z.strictObject({ dataPoints: NumberPoints }) }),
  z.strictObject({
    ...metric,
    histogram: z.strictObject({ aggregationTemporality, dataPoints: HistogramPoints }),
  }),
]);
const Metrics = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({
      resource: Resource,
      scopeMetrics: z.array(z.strictObject({ scope: Scope, metrics: z.array(Metric) })),
    }),
  ),
});

export type ReceivedSpan = z.output<typeof Span>;
export type ReceivedMetric = z.output<typeof Metric>;

/** The metrics of one request. */
export interface ReceivedExport {
  resource: Record<string, unknown>;
  /** By their names. */
  metrics: ReadonlyMap<string, ReceivedMetric>;
}

/** A receiver of OTLP over HTTP, in JSON. */
export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: ReceivedSpan[];
  exports: ReceivedExport[];
  /** The attributes of the resource of each request with spans. */
  resources: Record<string, unknown>[];
  /** The value of `x-key` of each request. */
  keys: unknown[];
  /** The text of all bodies. */
  text: () => string;
  /** What it does with requests from now on. */
  behave: (how: 'accept' | 'hang' | 'reject') => void;
  /** The most requests that were open at the same time. */
  mostOpen: () => number;
  close: () => Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  let behavior: 'accept' | 'hang' | 'reject' = 'accept';
  let text = '';
  const spans: ReceivedSpan[] = [];
  const exports: ReceivedExport[] = [];
  const resources: Record<string, unknown>[] = [];
  const keys: unknown[] = [];
  let open = 0;
  let mostOpen = 0;

  /** Takes the body of a request. @returns false if nothing takes requests at this path. */
  function take(path: string | undefined, body: unknown): boolean {
    if (path === '/base/v1/traces') {
      for (const { resource, scopeSpans } of Traces.parse(body).resourceSpans) {
        resources.push(resource.attributes);
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      return true;
    }
    if (path !== '/base/v1/metrics') return false;
    for (const { resource, scopeMetrics } of Metrics.parse(body).resourceMetrics) {
      const all = scopeMetrics.flatMap((scope) => scope.metrics);
      exports.push({
        resource: resource.attributes,
        metrics: new Map(all.map((each) => [each.name, each])),
      });
    }
    return true;
  }

  const server = createServer((request, response) => {
    let body = '';
    mostOpen = Math.max(mostOpen, ++open);
    response.on('close', () => {
      open -= 1;
    });
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      text += body;
      keys.push(request.headers['x-key']);
      if (behavior === 'hang') return undefined;
      const respond = (status: number) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      if (behavior === 'reject') return respond(503);
      try {
        return respond(take(request.url, JSON.parse(body)) ? 200 : 404);
      } catch (error) {
        respond(400);
        throw error;
      }
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/base/`,
    spans,
    exports,
    resources,
    keys,
    mostOpen: () => mostOpen,
    text: () => text,
    behave: (how) => {
      behavior = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
