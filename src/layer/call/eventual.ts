/**
 * A value, or a promise of it. The layer goes on at once with a value, because a promise costs more than most of the
 * work between two of them.
 */
export type Eventual<T> = T | PromiseLike<T>;

/** True for a promise, and for any other object with a method `then`, for which `await` would wait too. */
export const isPromise = <T>(value: Eventual<T>): value is PromiseLike<T> =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<PromiseLike<T>>).then === 'function';

/** Calls `next` with a value: at once, or when its promise is fulfilled. */
export function andThen<T, U>(value: Eventual<T>, next: (value: T) => Eventual<U>): Eventual<U> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** Runs `work`. If it throws, or its promise is rejected, the result is that of `failed`. */
export function rescue<T>(work: () => Eventual<T>, failed: (error: unknown) => Eventual<T>): Eventual<T> {
  try {
    const value = work();
    return isPromise(value) ? Promise.resolve(value).catch(failed) : value;
  } catch (error) {
    return failed(error);
  }
}

const areValues = <T>(results: Eventual<T>[]): results is T[] => !results.some(isPromise);

/** Returns the values of several results, in their order. @throws the error of the first promise that is rejected. */
export const all = <T>(results: Eventual<T>[]): Eventual<T[]> =>
  areValues(results) ? results : Promise.all(results);
