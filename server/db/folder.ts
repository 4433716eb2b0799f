import { join } from 'node:path';

/** The folder of the embedded database, where DATABASE_URL names no other. */
export const defaultFolder = (dataDir: string): string => `${dataDir}/db`;

/** Where PGlite has its files in that folder, beside the lock. */
export const filesFolder = (folder: string): string => join(folder, 'pgdata');
