import { existsSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PRODUCT } from '#contract/product';
import type { Env } from '#server/env';
import { createFolder } from '#server/folders';
import { type S3Config, s3Config } from '#server/s3/config';
import { backupsPrefix } from './paths.ts';

const PREFIX = `${PRODUCT.slug}-`;
/** The name of a backup: `2026-01-31T12-00-00Z`, so that names sort by time. */
const NAME =
  /^(?<day>\d{4}-\d\d-\d\d)T(?<hour>\d\d)-(?<minute>\d\d)-(?<second>\d\d)Z\.zip(?<partial>\.partial)?$/;

/** How long the list of an S3 server is remembered, in milliseconds. */
const REMEMBERED_MS = 10 * 60_000;

export interface BackupFile {
  name: string;
  /** When it was made, as a Unix timestamp in milliseconds. */
  at: number;
  isPartial: boolean;
}

/** Returns those of some names that are backups, oldest first. */
function backupsAmong(names: readonly string[]): BackupFile[] {
  return [...names].sort().flatMap((name) => {
    const groups = name.startsWith(PREFIX) ? NAME.exec(name.slice(PREFIX.length))?.groups : undefined;
    if (!groups) return [];
    const { day, hour, minute, second, partial } = groups;
    const at = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
    return [{ name, at, isPartial: partial !== undefined }];
  });
}

/** Returns the name of the backup of a time. */
export const nameAt = (now: Date): string =>
  `${PREFIX}${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.zip`;

/** Where scheduled backups are. */
export interface BackupPlace {
  /** How the place is set, for messages. */
  setting: 'BACKUP_DIR' | 'S3_BUCKET';
  /** Returns the backups, oldest first. */
  list: () => Promise<BackupFile[]>;
  /** Returns the time of the newest backup, as a Unix timestamp in milliseconds; 0 if there is none. It can be old. */
  newestAt: () => Promise<number>;
  pathOf: (name: string) => string;
  /** Creates the place, if that is needed before a backup is made. */
  prepare: () => void;
  remove: (name: string) => Promise<void>;
  /** Returns the free space; `undefined` if there is no limit. */
  freeBytes: () => Promise<number | undefined>;
}

/** Returns the time of the newest backup, as a Unix timestamp in milliseconds; 0 if there is none. */
export const newestOf = (files: readonly BackupFile[]): number =>
  files.findLast(({ isPartial }) => !isPartial)?.at ?? 0;

/** Backups in a folder. */
export function folderPlace(given: string): BackupPlace {
  const folder = resolve(given);
  const list = async () => (existsSync(folder) ? backupsAmong(readdirSync(folder)) : []);
  return {
    setting: 'BACKUP_DIR',
    list,
    newestAt: async () => newestOf(await list()),
    pathOf: (name) => join(folder, name),
    prepare: () => createFolder(folder),
    async remove(name) {
      rmSync(join(folder, name), { force: true });
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}

/** Backups in a bucket. Its client is loaded when it is used. */
function bucketPlace(config: S3Config): BackupPlace {
  const prefix = backupsPrefix(config);
  let remembered: { until: number; newest: Promise<number> } | undefined;
  const open = async () => (await import('#server/s3/bucket')).openBucket(config);
  async function list(): Promise<BackupFile[]> {
    const names: string[] = [];
    for await (const { key } of (await open()).list(`${prefix}${PREFIX}`))
      names.push(key.slice(prefix.length));
    const files = backupsAmong(names);
    remembered = { until: performance.now() + REMEMBERED_MS, newest: Promise.resolve(newestOf(files)) };
    return files;
  }
  return {
    setting: 'S3_BUCKET',
    list,
    // The metric and the schedule ask often, and each list costs money.
    newestAt() {
      if (!remembered || performance.now() > remembered.until) {
        const newest = list().then(newestOf);
        remembered = { until: performance.now() + REMEMBERED_MS, newest };
        newest.catch(() => (remembered = undefined));
      }
      return remembered.newest;
    },
    pathOf: (name) => `s3://${config.bucket}/${prefix}${name}`,
    prepare: () => undefined,
    async remove(name) {
      await (await open()).remove(`${prefix}${name}`);
    },
    freeBytes: async () => undefined,
  };
}

/** The place of each instance's settings, because it remembers what it has listed. */
const places = new WeakMap<object, BackupPlace>();

/** Returns where the settings place scheduled backups; `undefined` if none are made. */
export function backupPlace(env: Env): BackupPlace | undefined {
  if (env.BACKUP_EVERY === 0) return undefined;
  const known = places.get(env);
  if (known) return known;
  const config = s3Config(env);
  const place = env.BACKUP_DIR === undefined ? config && bucketPlace(config) : folderPlace(env.BACKUP_DIR);
  if (place) places.set(env, place);
  return place;
}
