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
const Body = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(Span),
        }),
      ),
    }),
  ),
});

export type ReceivedSpan = z.output<typeof Span>;

/** A receiver of OTLP over HTTP, in JSON. */
export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: ReceivedSpan[];
  /** The attributes of the resource of each request. */
  resources: Record<string, unknown>[];
  /** The value of `x-key` of each request. */
  keys: unknown[];
  /** The text of all bodies. */
  text: () => string;
  /** What it does with requests from now on. */
  behave: (how: 'accept' | 'hang' | 'reject') => void;
  close: () => Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  let behavior: 'accept' | 'hang' | 'reject' = 'accept';
  let text = '';
  const spans: ReceivedSpan[] = [];
  const resources: Record<string, unknown>[] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      text += body;
      keys.push(request.headers['x-key']);
      if (behavior === 'hang') return;
      if (behavior === 'reject' || request.url !== '/base/v1/traces') {
        response.writeHead(behavior === 'reject' ? 503 : 404).end('{}');
        return;
      }
      const { data, error } = Body.safeParse(JSON.parse(body));
      if (!data) throw error;
      for (const { resource, scopeSpans } of data.resourceSpans) {
        resources.push(resource.attributes);
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/base/`,
    spans,
    resources,
    keys,
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
