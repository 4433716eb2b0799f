/** A value that is read at most once, when it is first needed. */
export interface Later<T> {
  read: () => Promise<T>;
  /** Returns the value, if it has been read. */
  known: () => T | undefined;
}

/** Defers the reading of a value. */
export function readLater<T>(read: () => Promise<T>): Later<T> {
  let known: T | undefined;
  let reading: Promise<T> | undefined;
  const readOnce = async () => (known = await read());
  return { read: () => (reading ??= readOnce()), known: () => known };
}
