/** Returns a function that calls `create` at its first call, and returns the same result in each call. */
export function once<T>(create: () => T): () => T {
  let created: { value: T } | undefined;
  return () => (created ??= { value: create() }).value;
}
