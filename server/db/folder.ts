import { join } from 'node:path';
import type { Env } from '#server/env';

/** The folder of the embedded database, where DATABASE_URL names no other. */
export const defaultFolder = (dataDir: string): string => `${dataDir}/db`;

/** Where the database is: the folder of the embedded one, or the URL of a Postgres server. */
export function databaseLocation({
  DATABASE_URL: url,
  DATA_DIR,
}: Pick<Env, 'DATABASE_URL' | 'DATA_DIR'>): { folder: string } | { url: string } {
  if (url === undefined) return { folder: defaultFolder(DATA_DIR) };
  return url.startsWith('file:') ? { folder: url.slice('file:'.length) } : { url };
}

/** Where PGlite has its files in that folder, beside the lock. */
export const filesFolder = (folder: string): string => join(folder, 'pgdata');
