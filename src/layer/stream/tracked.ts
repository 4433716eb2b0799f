import { isTrackedEnvelope, tracked } from '@trpc/server';
import { isAsyncIterable } from './iterable.ts';

/** A value with an id from which a client can resume, as tRPC's `tracked()` creates it. */
type Tracked = readonly [id: string, data: unknown, mark: symbol];

/**
 * True for a value of tRPC's `tracked()`, by its form: each copy of tRPC in a process marks such values with a symbol of
 * its own.
 */
export const isTracked = (value: unknown): value is Tracked =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && typeof value[2] === 'symbol';

/**
 * Returns the output of a subscription with values of `tracked()` of the copy of tRPC that this module imports, whose
 * adapter sends no ids for those of other copies.
 */
export function withOwnTracked(output: unknown): unknown {
  if (isAsyncIterable(output))
    return { [Symbol.asyncIterator]: () => mapped(output[Symbol.asyncIterator]()) };
  if (!isObservable(output)) return output;
  const subscribe = (observer: Observer) =>
    output.subscribe({ ...observer, next: (value) => observer.next(toOwn(value)) });
  return { ...output, subscribe };
}

const toOwn = (value: unknown): unknown =>
  isTracked(value) && !isTrackedEnvelope(value) ? tracked(value[0], value[1]) : value;

function mapped(items: AsyncIterator<unknown>): AsyncIterator<unknown> {
  const map = (result: IteratorResult<unknown>) =>
    result.done === true ? result : { done: false, value: toOwn(result.value) };
  return {
    next: async () => map(await items.next()),
    ...(items.return && { return: async () => (await items.return?.()) ?? { done: true, value: undefined } }),
  };
}

interface Observer {
  next: (value: unknown) => void;
}

/** True for an observable, as subscriptions of older tRPC versions return it. */
const isObservable = (value: unknown): value is { subscribe: (observer: Observer) => unknown } =>
  typeof value === 'object' &&
  value !== null &&
  'subscribe' in value &&
  typeof value.subscribe === 'function';
