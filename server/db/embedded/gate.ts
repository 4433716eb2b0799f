/** Lets work run together with other work, or alone. */
export interface Gate {
  /** Runs `work` as soon as nothing runs or waits that must be alone. */
  together: <T>(work: () => Promise<T>) => Promise<T>;
  /** Runs `work` when everything that came before it has ended. Later work waits for its end. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Creates a gate that nothing has passed. */
export function createGate(): Gate {
  const running = new Set<Promise<unknown>>();
  /** Resolves when the last work that must be alone has ended. */
  let open: Promise<unknown> = Promise.resolve();

  return {
    async together(work) {
      await open;
      const run = work();
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    async alone(work) {
      const before = open;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      open = promise;
      await before;
      try {
        await Promise.allSettled(running);
        return await work();
      } finally {
        resolve(undefined);
      }
    },
  };
}
