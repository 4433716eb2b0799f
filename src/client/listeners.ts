/** Functions to call when something changes, as `useSyncExternalStore` needs them. */
export interface Listeners {
  /** Adds a function. @returns a function that removes it. */
  subscribe: (listener: () => void) => () => void;
  /** Calls all functions. */
  notify: () => void;
}

export function createListeners(): Listeners {
  const all = new Set<() => void>();
  return {
    subscribe(listener) {
      all.add(listener);
      return () => {
        all.delete(listener);
      };
    },
    notify() {
      for (const listener of all) listener();
    },
  };
}
