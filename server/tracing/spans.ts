import type { Eventual } from '#layer/index';
import { describeError } from '#server/log/describe';
import type { Attributes } from '#server/otlp/encode';
import { whenEnded } from '#server/when-ended';

/** Who the other end is: nobody, a client that called us, or a server that we call. */
export type SpanKind = 'internal' | 'server' | 'client';

/** What is known about a span when it begins. */
export interface SpanStart {
  name: string;
  kind?: SpanKind;
  attributes?: Attributes;
}

/** A part of a trace: something that took time. */
export interface Span {
  readonly traceId: string;
  rename: (name: string) => void;
  set: (attributes: Attributes) => void;
  /** Marks it as failed. @param type a code or the name of a class, never a message. */
  fail: (type: string) => void;
  end: () => void;
}

/** The span of a caller, by its header `traceparent`. */
export interface RemoteSpan {
  traceId: string;
  spanId: string;
  isSampled: boolean;
}

/** Records spans. There is one per process, if traces are on. */
export interface Tracer {
  /**
   * Begins the trace of a request.
   * @param isHonored true if the caller decides whether the trace is sampled.
   * @returns `undefined` if it is not.
   */
  startRequest: (remote: RemoteSpan | undefined, isHonored: boolean) => Span | undefined;
  /**
   * Begins a span in the current one.
   * @param isRoot true to begin a trace if there is no open span. Otherwise, the span is not recorded then.
   * @returns `undefined` if it is not recorded.
   */
  start: (describe: () => SpanStart, isRoot?: boolean) => Span | undefined;
  /** Runs `work` with `span` as the current one. */
  run: <T>(span: Span, work: () => T) => T;
}

declare global {
  /** The tracer of the process, for both copies of the modules (decision 1). */
  var tracingOfProcess: { tracer: Tracer | undefined } | undefined;
}

/** Has a tracer if traces are on. Otherwise, reading it is all that a call costs. */
export const tracing = (globalThis.tracingOfProcess ??= { tracer: undefined });

/** Returns what an error is, without anything that a caller or a database has written. */
export function errorTypeOf(error: unknown): string {
  const kind: unknown = error instanceof Error && 'kind' in error ? error.kind : undefined;
  if (typeof kind === 'string') return kind;
  const { type, code, sqlstate } = describeError(error);
  return code ?? sqlstate ?? type;
}

/** Runs `work` in a span, which ends with it. @param isRoot true to begin a trace if there is no open span. */
export function inSpan<T>(describe: () => SpanStart, work: () => Eventual<T>, isRoot = false): Eventual<T> {
  const { tracer } = tracing;
  const span = tracer?.start(describe, isRoot);
  if (tracer === undefined || span === undefined) return work();
  return tracer.run(span, () =>
    whenEnded(work, (failure) => {
      if (failure) span.fail(errorTypeOf(failure.error));
      span.end();
    }),
  );
}
