import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
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

/** Random bytes for many ids, because a request for each of them takes longer than the id. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Returns the next random bytes, each as two digits. */
function randomDigits(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

const newTraceId = () => randomDigits(16);
const newSpanId = () => randomDigits(8);

class RecordedSpan implements Span {
  readonly traceId: string;
  readonly spanId = newSpanId();
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
    at: { traceId: string; parentId?: string; link?: RemoteSpan | undefined },
    onEnd: (span: EndedSpan) => void,
  ) {
    this.traceId = at.traceId;
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
 * ended, such as a loop that a request has woken, is not recorded in it. A trace that is not exported has no spans, so it
 * costs a call almost nothing.
 * @param onEnd called with each span that ends. It must not wait.
 */
export function createTracer(sample: Sampler, onEnd: (span: EndedSpan) => void): Tracer {
  const storage = new AsyncLocalStorage<RecordedSpan>();
  const begin = (start: SpanStart, link?: RemoteSpan) =>
    new RecordedSpan(start, { traceId: newTraceId(), link }, onEnd);

  return {
    startRequest: (remote, isHonored) =>
      sample(isHonored ? remote?.isSampled : undefined)
        ? begin({ name: 'request', kind: 'server' }, remote)
        : undefined,
    start(describe, isRoot = false) {
      const parent = storage.getStore();
      if (parent?.isOpen === true) {
        const { traceId, spanId: parentId } = parent;
        return new RecordedSpan(describe(), { traceId, parentId }, onEnd);
      }
      return isRoot && sample() ? begin(describe()) : undefined;
    },
    run: (span, work) => (span instanceof RecordedSpan ? storage.run(span, work) : work()),
  };
}
