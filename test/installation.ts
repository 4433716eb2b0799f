import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { defaultFolder } from '#server/db/folder';
import { SECRETS } from './caller.ts';
import { createCopy, createEmpty } from './postgres-databases.ts';
import { unpackSnapshot } from './snapshot.ts';

const { TEST_DATABASE_URL = '', TEST_RUN } = process.env;

/** True if the tests run on Postgres. */
export const isPostgres = TEST_DATABASE_URL !== '';

/** Settings of an installation, as variables of the environment. */
export type Settings = Record<string, string>;

/** Creates installations without a server in a temporary folder, `root`, which the test removes. */
export function installations(name: string) {
  const root = mkdtempSync(join(tmpdir(), `switchboard-${name}-`));
  let count = 0;
  /** Returns a path that does not exist. */
  const fresh = (what: string) => join(root, `${what}-${++count}`);
  return {
    root,
    fresh,
    /** @param on true to use Postgres, which is the database of the tests by default, or else the embedded one. */
    create: async (kind: 'empty' | 'migrated', on = isPostgres): Promise<Settings> => {
      const DATA_DIR = fresh('data');
      if (!on) {
        if (kind === 'migrated') await unpackSnapshot(defaultFolder(DATA_DIR));
        return { ...SECRETS, DATA_DIR };
      }
      const createDatabase = kind === 'empty' ? createEmpty : createCopy;
      const database = `${basename(root).replaceAll('-', '_')}_${++count}`.toLowerCase();
      const DATABASE_URL = await createDatabase(TEST_DATABASE_URL, Number(TEST_RUN), database);
      return { ...SECRETS, DATA_DIR, DATABASE_URL };
    },
  };
}
