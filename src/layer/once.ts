/** Returns a function that calls `create` at its first call, and returns the same result in each call. */
export function once<T>(create: () => T): () => T {
  let created: { value: T } | undefined;
  return () => (created ??= { value: create() }).value;
}

/** Returns a function that calls `create` at its first call for each key, and returns the same result for that key. */
export function oncePer<K extends object, T extends object>(create: (key: K) => T): (key: K) => T {
  const created = new WeakMap<K, T>();
  return (key) => {
    const known = created.get(key);
    if (known) return known;
    const value = create(key);
    created.set(key, value);
    return value;
  };
}
