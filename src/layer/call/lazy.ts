import type { AnyTRPCRouter } from '@trpc/server';

/** The part of a lazy router's loader that is used here. */
interface Loader {
  load: () => Promise<void>;
}

/** Returns the lazy routers that have not been loaded, by path. Loading one can add others, which were inside it. */
function pendingOf(router: AnyTRPCRouter): [path: string, loader: Loader][] {
  // Versions of tRPC before 11.1 have no lazy routers.
  const definition: { lazy?: Record<string, Loader> } = router._def;
  return Object.entries(definition.lazy ?? {});
}

/** True if a router has no lazy router that must still be loaded. */
export const isLoaded = (router: AnyTRPCRouter): boolean => pendingOf(router).length === 0;

/** Loads all lazy routers of a router, including those inside them. @throws the errors of their modules. */
export async function loadRouter(router: AnyTRPCRouter): Promise<void> {
  for (let pending = pendingOf(router); pending.length > 0; pending = pendingOf(router)) {
    await Promise.all(pending.map(([, loader]) => loader.load()));
  }
}

/** Loads the lazy routers that contain a procedure. @throws the errors of their modules. */
export async function loadProcedure(router: AnyTRPCRouter, path: string): Promise<void> {
  const next = () => pendingOf(router).find(([name]) => path === name || path.startsWith(`${name}.`));
  for (let found = next(); found; found = next()) await found[1].load();
}

/**
 * Creates something from all procedures of a router: at once if the router is loaded, otherwise when it is first
 * needed.
 * @returns a function that returns it, after loading the router if necessary.
 * @throws at once the errors of `create`, if the router is loaded; later calls reject with them.
 */
export function whenLoaded<T>(router: AnyTRPCRouter, create: () => T): () => T | Promise<T> {
  if (isLoaded(router)) {
    const created = create();
    return () => created;
  }
  let created: Promise<T> | undefined;
  return () => (created ??= loadRouter(router).then(create));
}
