import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Attributes } from '#server/otlp/encode';
import type { Sampler } from './sampler.ts';
import type { RemoteSpan, Span, SpanKind, SpanStart, Tracer } from './spans.ts';

/** A span that has ended, as it is exported. */
export interface EndedSpan {
  traceId: string;
  spanId: string;
  parentId: string | undefined;
  name: string;
  kind: SpanKind;
  /** Its beginning, in milliseconds since 1970. */
  startMs: number;
  durationMs: number;
  attributes: Attributes;
  link: RemoteSpan | undefined;
  /** Why it failed; `undefined` if it did not. */
  error: string | undefined;
}

/** Cut attributes are still useful, and a span has a limited size. */
const MAX_TEXT = 256;

const newTraceId = () => randomUUID().replaceAll('-', '');
/** Without the digits of a UUID that are not random. */
const newSpanId = () => {
  const id = randomUUID();
  return id.slice(0, 8) + id.slice(-8);
};

class RecordedSpan implements Span {
  readonly traceId: string;
  readonly spanId = newSpanId();
  readonly isSampled: boolean;
  isOpen = true;
  readonly #parentId: string | undefined;
  readonly #link: RemoteSpan | undefined;
  readonly #kind: SpanKind;
  readonly #startMs = Date.now();
  readonly #began = performance.now();
  readonly #onEnd: (span: EndedSpan) => void;
  readonly #attributes: Attributes;
  #name: string;
  #error: string | undefined;

  constructor(
    { name, kind = 'internal', attributes = {} }: SpanStart,
    at: { traceId: string; isSampled: boolean; parentId?: string; link?: RemoteSpan | undefined },
    onEnd: (span: EndedSpan) => void,
  ) {
    this.traceId = at.traceId;
    this.isSampled = at.isSampled;
    this.#parentId = at.parentId;
    this.#link = at.link;
    this.#name = name;
    this.#kind = kind;
    this.#attributes = { ...attributes };
    this.#onEnd = onEnd;
  }

  rename(name: string): void {
    this.#name = name.slice(0, MAX_TEXT);
  }

  set(attributes: Attributes): void {
    Object.assign(this.#attributes, attributes);
  }

  fail(type: string): void {
    this.#error = type.slice(0, MAX_TEXT);
  }

  end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (!this.isSampled) return;
    const attributes: Attributes = {};
    for (const [name, value] of Object.entries(this.#attributes)) {
      attributes[name] = typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
    }
    this.#onEnd({
      traceId: this.traceId,
      spanId: this.spanId,
      parentId: this.#parentId,
      name: this.#name,
      kind: this.#kind,
      startMs: this.#startMs,
      durationMs: performance.now() - this.#began,
      attributes,
      link: this.#link,
      error: this.#error,
    });
  }
}

/**
 * Creates a tracer. The current span follows the asynchronous work that it begins. Work that goes on after the span has
 * ended, such as a loop that a request has woken, is not recorded in it.
 * @param onEnd called with each span that ends and is exported. It must not wait.
 */
export function createTracer(sample: Sampler, onEnd: (span: EndedSpan) => void): Tracer {
  const storage = new AsyncLocalStorage<RecordedSpan>();

  function root(start: SpanStart, isWanted?: boolean, link?: RemoteSpan): RecordedSpan {
    const traceId = newTraceId();
    return new RecordedSpan(start, { traceId, isSampled: sample(traceId, isWanted), link }, onEnd);
  }

  return {
    startRequest: (remote, isHonored) =>
      root({ name: 'request', kind: 'server' }, isHonored ? remote?.isSampled : undefined, remote),
    start(describe) {
      const parent = storage.getStore();
      if (parent?.isOpen === true) {
        const { traceId, isSampled, spanId: parentId } = parent;
        return isSampled ? new RecordedSpan(describe(), { traceId, isSampled, parentId }, onEnd) : undefined;
      }
      const start = describe();
      return start.isRoot === true ? root(start) : undefined;
    },
    run: (span, work) => (span instanceof RecordedSpan ? storage.run(span, work) : work()),
  };
}
