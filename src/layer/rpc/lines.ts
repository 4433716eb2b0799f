import type { TRPCError } from '@trpc/server';
import { andThen, type Eventual, rescue } from '../call/eventual.ts';
import { MAX_UNREAD_LENGTH } from '../limits.ts';
import { isAsyncIterable } from '../stream/iterable.ts';
import { isPlainObject } from '../rest/text.ts';
import { isObject } from './inputs.ts';
import type { Wire } from './wire.ts';

/*
 * The lines of a streamed batch, as tRPC's httpBatchStreamLink reads them. The first line has a placeholder for each
 * call. Each other line is [id, state, value] of a promise or an iterable, and a value has placeholders for those in it:
 * [[value with 0 for each of them], [key, kind, id], …].
 */

/** The kinds of values that arrive later. */
const PROMISE = 0;
const ITERABLE = 1;
/** The states of a promise. */
const FULFILLED = 0;
const REJECTED = 1;
/** The states of an iterable. */
const RETURNED = 0;
const YIELDED = 1;
const FAILED = 2;

/** The result of a call. */
export type CallResult = { output: unknown } | { error: TRPCError };

/** A call of a streamed batch. */
export interface LineCall {
  result: Eventual<CallResult>;
  /** Writes the line with an output that contains nothing that arrives later. */
  writeOutput: (id: number, output: unknown) => string;
  /** Returns an error in the form that the router sends. */
  shapeOf: (error: TRPCError) => unknown;
  /** Reports an error in a part of the output, and returns it in the form that the router sends. */
  fail: (error: unknown) => unknown;
}

/** Writes the results of calls as lines, each as soon as it is known. */
export class Lines implements AsyncIterable<string> {
  readonly #wire: Pick<Wire, 'write' | 'wrap'>;
  readonly #revoked: () => AbortSignal;
  /** The lines that have not been read. */
  #unread: string[] = [];
  #unreadLength = 0;
  #nextId: number;
  /** The number of calls, promises and iterables whose last line has not been written. */
  #open = 0;
  /** The error that ends the lines, because it cannot be written as one. */
  #failure: { error: unknown } | undefined;
  #onLine: () => void = () => undefined;
  #onRead: () => void = () => undefined;
  readonly #iterators = new Set<AsyncIterator<unknown>>();

  /**
   * @param revoked returns the signal that is aborted when the caller loses the permission to read.
   */
  constructor(calls: readonly LineCall[], wire: Pick<Wire, 'write' | 'wrap'>, revoked: () => AbortSignal) {
    this.#wire = wire;
    this.#revoked = revoked;
    this.#nextId = calls.length;
    const placeholders = calls.map((_, id) => `"${id}":[[0],[null,${PROMISE},${id}]]`);
    this.#addText(wire.wrap(`{${placeholders.join(',')}}`));
    for (const [id, call] of calls.entries()) this.#addCall(id, call);
  }

  /** True if all lines have been written. */
  get isComplete(): boolean {
    return this.#open === 0 && !this.#failure;
  }

  /** The lines that have not been read. */
  get text(): string {
    return this.#unread.join('');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    try {
      for (;;) {
        const text = this.text;
        this.#unread = [];
        this.#unreadLength = 0;
        if (text !== '') yield text;
        this.#onRead();
        if (this.#unread.length > 0) continue;
        if (this.#failure) throw this.#failure.error;
        if (this.isComplete) return;
        await new Promise<void>((resolve) => (this.#onLine = resolve));
      }
    } finally {
      this.end();
    }
  }

  /** Ends the iterables whose lines nobody will read. */
  end(): void {
    for (const iterator of this.#iterators) void end(iterator);
  }

  #add(line: unknown): void {
    this.#addText(this.#wire.write(line));
  }

  #addText(text: string): void {
    this.#unread.push(`${text}\n`);
    this.#unreadLength += text.length;
    this.#onLine();
  }

  #addCall(id: number, call: LineCall): void {
    this.#open++;
    const write = (result: CallResult): Eventual<void> =>
      this.#whenRoom(() => {
        this.#open--;
        if ('error' in result) {
          this.#add([id, FULFILLED, [[{ error: call.shapeOf(result.error) }]]]);
          return;
        }
        const outer = this.#addPlaceholder(id, 'result');
        const inner = this.#addPlaceholder(outer, 'data');
        this.#addOutput(inner, result.output, call);
      });
    void rescue<void>(
      () => andThen(call.result, write),
      (error) => {
        this.#break(error);
      },
    );
  }

  /** Writes the line with an error of a promise or an iterable. */
  #addError(id: number, state: number, error: unknown, call: LineCall): void {
    try {
      this.#add([id, state, call.fail(error)]);
    } catch (broken) {
      this.#break(broken);
    }
  }

  /** Ends all lines, because of an error that cannot be written as one, such as that of an errorFormatter. */
  #break(error: unknown): void {
    this.#failure ??= { error };
    this.#onLine();
  }

  /** Writes the line with an object whose only field arrives later. @returns the id of that field. */
  #addPlaceholder(id: number, field: string): number {
    const next = this.#nextId++;
    const json = `[${id},${FULFILLED},[[{"${field}":0}],["${field}",${PROMISE},${next}]]]`;
    this.#addText(this.#wire.wrap(json));
    return next;
  }

  #addOutput(id: number, output: unknown, call: LineCall): void {
    try {
      if (output === undefined || hasLater(output)) this.#add([id, FULFILLED, this.#encode(output, call)]);
      else this.#addText(call.writeOutput(id, output));
    } catch (error) {
      this.#addError(id, REJECTED, error, call);
    }
  }

  /** Returns a value with placeholders for the promises and iterables in it, whose lines follow. */
  #encode(value: unknown, call: LineCall): unknown[] {
    if (value === undefined) return [[]];
    const later = this.#follow(value, call);
    if (later) return [[0], [null, ...later]];
    if (!isPlainObject(value)) return [[value]];
    const fields = Object.entries(value).map(([key, field]) => {
      const followed = this.#follow(field, call);
      return { key, value: followed ? 0 : field, placeholder: followed && [key, ...followed] };
    });
    return [
      [Object.fromEntries(fields.map((field) => [field.key, field.value]))],
      ...fields.flatMap(({ placeholder }) => (placeholder ? [placeholder] : [])),
    ];
  }

  /** Writes the lines of a promise or an iterable. @returns its kind and its id; `null` for any other value. */
  #follow(value: unknown, call: LineCall): [kind: number, id: number] | null {
    if (isPromise(value)) {
      const id = this.#nextId++;
      void this.#followPromise(id, value, call);
      return [PROMISE, id];
    }
    if (!isAsyncIterable(value)) return null;
    const id = this.#nextId++;
    void this.#followIterable(id, value, call);
    return [ITERABLE, id];
  }

  async #followPromise(id: number, promise: PromiseLike<unknown>, call: LineCall): Promise<void> {
    this.#open++;
    try {
      const value = await promise;
      await this.#whenRoom(() => {
        this.#add([id, FULFILLED, this.#encode(value, call)]);
      });
    } catch (error) {
      this.#addError(id, REJECTED, error, call);
    } finally {
      this.#close();
    }
  }

  /** Writes a line for each item. The next item is requested when the reader has read all lines. */
  async #followIterable(id: number, items: AsyncIterable<unknown>, call: LineCall): Promise<void> {
    this.#open++;
    const revoked = this.#revoked();
    const iterator = items[Symbol.asyncIterator]();
    this.#iterators.add(iterator);
    const onRevoked = () => void end(iterator);
    revoked.addEventListener('abort', onRevoked, { once: true });
    try {
      for (;;) {
        const { done, value } = (await iterator.next()) as IteratorResult<unknown, unknown>;
        revoked.throwIfAborted();
        this.#add([id, done ? RETURNED : YIELDED, this.#encode(value, call)]);
        if (done) return;
        await this.#read();
      }
    } catch (error) {
      this.#addError(id, FAILED, error, call);
      void end(iterator);
    } finally {
      revoked.removeEventListener('abort', onRevoked);
      this.#iterators.delete(iterator);
      this.#close();
    }
  }

  /**
   * Calls `write` when there is room for its lines. Others that wait may have filled it by then, so it is checked just
   * before the call.
   */
  #whenRoom(write: () => void): Eventual<void> {
    if (this.#unreadLength < MAX_UNREAD_LENGTH) return write();
    return this.#read().then(() => this.#whenRoom(write));
  }

  /** Waits until all lines have been read. */
  #read(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#onRead;
      this.#onRead = () => {
        this.#onRead = () => undefined;
        others();
        resolve();
      };
    });
  }

  #close(): void {
    this.#open--;
    this.#onLine();
  }
}

/** Ends an iterator. An error of its cleanup has no reader left. */
async function end(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // See above.
  }
}

/** True for a promise, as tRPC recognizes one. */
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  'then' in value &&
  'catch' in value &&
  typeof value.then === 'function' &&
  typeof value.catch === 'function';

const isLater = (value: unknown) => isPromise(value) || isAsyncIterable(value);

/** True if a value is or directly contains a promise or an async iterable. A list does not count, as in tRPC. */
export const hasLater = (value: unknown): boolean =>
  isObject(value) && !Array.isArray(value) && (isAsyncIterable(value) || Object.values(value).some(isLater));
