import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { databaseLocation } from '#server/db/folder';
import type { Env } from '#server/env';
import { type Found, ok, problem, reasonOf, warning } from './finding.ts';
import type { Subject } from './subject.ts';

const MEGABYTE = 1_000_000;
/** The free space below which to act soon, and the one below which writes may fail at any time, in MB. */
const LOW = { soon: 1000, now: 100 };

/** Returns the finding about the free space of a folder. */
export function spaceFound(setting: string, place: string, megabytes: number): Found {
  const values = { setting, place, megabytes };
  if (megabytes >= LOW.soon) return ok('diskFree', values);
  return (megabytes < LOW.now ? problem : warning)('diskLow', values);
}

/** Returns the folder, or the next one above it that exists: the server creates what is missing. */
function existing(folder: string): string {
  const parent = dirname(folder);
  return existsSync(folder) || parent === folder ? folder : existing(parent);
}

async function checkFolder(setting: string, place: string): Promise<Found> {
  const folder = existing(resolve(place));
  try {
    if (!(await stat(folder)).isDirectory())
      return problem('diskUnusable', { setting, place, reason: 'ENOTDIR' });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return spaceFound(setting, place, Math.floor((bavail * bsize) / MEGABYTE));
  } catch (error) {
    return problem('diskUnusable', { setting, place, reason: reasonOf(error) });
  }
}

/** Returns the folders in which the server writes, with their settings. */
function foldersOf(env: Env): [setting: string, place: string][] {
  const { DATA_DIR, BACKUP_DIR, AUTH_SECRET, ENCRYPTION_KEY, DATABASE_URL } = env;
  const location = databaseLocation(env);
  const folders: [string, string][] = [];
  const keepsSecrets = AUTH_SECRET === undefined || ENCRYPTION_KEY === undefined;
  if (keepsSecrets || DATABASE_URL === undefined) folders.push(['DATA_DIR', DATA_DIR]);
  if (DATABASE_URL !== undefined && 'folder' in location) folders.push(['DATABASE_URL', location.folder]);
  if (BACKUP_DIR !== undefined) folders.push(['BACKUP_DIR', BACKUP_DIR]);
  return folders;
}

/** Checks that the folders of the server can be written, and have space. */
export const checkDisk = ({ env }: Subject): Promise<Found[]> =>
  Promise.all(foldersOf(env).map(([setting, place]) => checkFolder(setting, place)));
