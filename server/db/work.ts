import { AsyncLocalStorage } from 'node:async_hooks';

/** How long a statement may run, by its kind, and wait before it is rejected, in milliseconds. */
export interface TimeLimits {
  read: number;
  write: number;
  maintenance: number;
  wait: number;
}

export const TIME_LIMITS: TimeLimits = { read: 2_000, write: 10_000, maintenance: 30_000, wait: 10_000 };

interface Work {
  /** The caller, who shares the database fairly with others; undefined for the server's own work. */
  caller?: string;
  /** Undefined if the text of the statement decides between read and write. */
  kind?: 'maintenance' | 'migration';
}

const current = new AsyncLocalStorage<Work>();

/** Runs `work` as `caller`, to whom its statements count (see `createConnectionQueue`). */
export const onBehalfOf = <T>(caller: string, work: () => T): T => current.run({ caller }, work);

/** Runs `work` as the server's own, even if a caller has caused it. */
export const asServer = <T>(work: () => T): T => current.run({}, work);

/**
 * Runs `work` with the time limit of maintenance for its statements. It awaits the result here, because Drizzle starts
 * a statement only when it is awaited.
 */
export const asMaintenance = <T>(work: () => PromiseLike<T>): Promise<T> =>
  current.run({ kind: 'maintenance' }, async () => await work());

/** Runs `work` without a time limit for its statements. Only for migrations, before the server accepts requests. */
export const asMigration = <T>(work: () => PromiseLike<T>): Promise<T> =>
  current.run({ kind: 'migration' }, async () => await work());

/** Returns the caller for whom the current asynchronous context works. */
export const currentCaller = (): string | undefined => current.getStore()?.caller;

/** True if a statement changes nothing. A locking SELECT counts as a change, because it may wait for others. */
export function isRead(text: string): boolean {
  return /^\s*(select|with)\b/i.test(text) && !/\b(insert|update|delete|merge|for\s+share)\b/i.test(text);
}

/** Returns the time limit of a statement in the current context, in milliseconds; Infinity for no limit. */
export function timeLimitOf(text: string, limits: TimeLimits): number {
  const kind = current.getStore()?.kind;
  if (kind === 'migration') return Infinity;
  return kind === 'maintenance' ? limits.maintenance : limits[isRead(text) ? 'read' : 'write'];
}
