import type { Attributes, SpanKind } from './spans.ts';
import type { EndedSpan } from './tracer.ts';

/** The numbers of https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto. */
const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3 };
const STATUS_ERROR = 2;
const SAMPLED = 1;

type Value = NonNullable<Attributes[string]>;

function encodeValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map(encodeValue) } };
  // JSON writes integers of 64 bits as texts.
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

const encodeAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: encodeValue(value) }],
  );

/** Returns a time in nanoseconds since 1970, which has more digits than a number. */
const nanoseconds = (ms: number): string =>
  `${Math.floor(ms)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, '0')}`;

/** Returns spans as OTLP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export const encodeSpans = (
  spans: readonly EndedSpan[],
  { resource, scope }: { resource: Attributes; scope: { name: string; version: string } },
): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: encodeAttributes(resource) },
        scopeSpans: [{ scope, spans: spans.map(encodeSpan) }],
      },
    ],
  });

function encodeSpan(span: EndedSpan): object {
  const { traceId, spanId, parentId, name, kind, startMs, durationMs, attributes, link, error } = span;
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    flags: SAMPLED,
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(startMs + durationMs),
    attributes: encodeAttributes({ ...attributes, 'error.type': error }),
    ...(link && { links: [{ traceId: link.traceId, spanId: link.spanId }] }),
    status: error === undefined ? {} : { code: STATUS_ERROR },
  };
}
