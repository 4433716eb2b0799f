import { encodeAttributes, nanoseconds } from '#server/otlp/encode';
import type { Source } from '#server/otlp/source';
import type { SpanKind } from './spans.ts';
import type { EndedSpan } from './tracer.ts';

/** The numbers of https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto. */
const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3 };
const STATUS_ERROR = 2;
const SAMPLED = 1;

/** Returns spans as OTLP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export const encodeSpans = (spans: readonly EndedSpan[], { resource, scope }: Source): string =>
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
