import { join } from 'node:path';
import type { Env } from '#server/env';

/** Returns the folder of the embedded database if DATABASE_URL is not set. */
export const defaultFolder = (dataDir: string): string => `${dataDir}/db`;

/** Returns the location of the database: the folder of the embedded one, or the URL of a Postgres server. */
export function databaseLocation({
  DATABASE_URL: url,
  DATA_DIR,
}: Pick<Env, 'DATABASE_URL' | 'DATA_DIR'>): { folder: string } | { url: string } {
  if (url === undefined) return { folder: defaultFolder(DATA_DIR) };
  return url.startsWith('file:') ? { folder: url.slice('file:'.length) } : { url };
}

/** Returns the subfolder with PGlite's files. The lock is beside it. */
export const filesFolder = (folder: string): string => join(folder, 'pgdata');
