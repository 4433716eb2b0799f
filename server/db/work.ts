import { AsyncLocalStorage } from 'node:async_hooks';

/** How long a statement may take before it is ended, by what it is for, and wait before it is rejected; milliseconds. */
export interface TimeLimits {
  read: number;
  write: number;
  maintenance: number;
  wait: number;
}

export const TIME_LIMITS: TimeLimits = { read: 2_000, write: 10_000, maintenance: 30_000, wait: 10_000 };

interface Work {
  /** Who shares the database fairly with others; undefined for the server's own work. */
  caller?: string;
  /** Undefined where the statement's text decides between read and write. */
  kind?: 'maintenance' | 'migration';
}

const current = new AsyncLocalStorage<Work>();

/** Runs `work` with its statements counted for `caller`: see `createConnectionQueue`. */
export const onBehalfOf = <T>(caller: string, work: () => T): T => current.run({ caller }, work);

/** Runs `work` as the server's own, also when a caller has caused it. */
export const asServer = <T>(work: () => T): T => current.run({}, work);

/** Runs `work` with the time limit of upkeep for its statements. Drizzle's begin when they are awaited, which is here. */
export const asMaintenance = <T>(work: () => PromiseLike<T>): Promise<T> =>
  current.run({ kind: 'maintenance' }, async () => await work());

/** Runs `work` without a time limit for its statements: for migrations, before anything is served. */
export const asMigration = <T>(work: () => PromiseLike<T>): Promise<T> =>
  current.run({ kind: 'migration' }, async () => await work());

/** The caller that the current asynchronous context works for. */
export const currentCaller = (): string | undefined => current.getStore()?.caller;

/** True if a statement changes nothing; a locking SELECT counts as a change, because it may wait for others. */
export function isRead(text: string): boolean {
  return /^\s*(select|with)\b/i.test(text) && !/\b(insert|update|delete|merge|for\s+share)\b/i.test(text);
}

/** @returns how long a statement with this text may take now, in milliseconds; Infinity without a limit. */
export function timeLimitOf(text: string, limits: TimeLimits): number {
  const kind = current.getStore()?.kind;
  if (kind === 'migration') return Infinity;
  return kind === 'maintenance' ? limits.maintenance : limits[isRead(text) ? 'read' : 'write'];
}
