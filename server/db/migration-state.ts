import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import type { Logger } from '#server/log/index';
import { isAtLeast, programVersion } from '#server/version';
import type { Database } from './database.ts';
import { isUndefinedTable } from './errors.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { DatabaseUnusableError } from './unusable.ts';

/** Runs one statement without parameters, and returns its rows. */
export type RunStatement = (statement: string) => Promise<Record<string, unknown>[]>;

/** The migrations of a database. As JSON, because databases of earlier versions have no column `works_with`. */
const APPLIED = `select hash, created_at::float8 as at, to_jsonb(m) ->> 'works_with' as works_with
  from drizzle.__drizzle_migrations m`;

/**
 * The migrations that a database has. `at` is the `when` of the file, and `works_with` the oldest version of the program
 * that works with its result.
 */
const Rows = z.array(
  z.object({ hash: z.string(), at: z.number().nullable(), works_with: z.string().nullable() }),
);
/** Returns the migrations of a database; none if it has never been migrated. */
async function readApplied(run: RunStatement): Promise<z.output<typeof Rows>> {
  try {
    return Rows.parse(await run(APPLIED));
  } catch (error) {
    if (isUndefinedTable(error)) return [];
    throw error;
  }
}

/** How the migrations of a database differ from those of this version. */
export interface MigrationState {
  /** Those that the database lacks. */
  pending: Migration[];
  /** One of them whose file was changed after it was applied. */
  changed: Migration | undefined;
  /** How many the database has that this version does not know. */
  unknown: number;
  /** True if this version works with them. */
  isCompatible: boolean;
  /** The oldest version that works with them; undefined if that is not known. */
  needed: string | undefined;
}

/** Compares the migrations of a database with those of this version, by one statement. */
export async function readMigrationState(
  run: RunStatement,
  own: readonly Migration[],
): Promise<MigrationState> {
  const applied = await readApplied(run);
  const has = new Set(applied.map(({ hash }) => hash));
  const pending = own.filter(({ hash }) => !has.has(hash));
  const known = new Set(own.map(({ hash }) => hash));
  const unknown = applied.filter(({ hash }) => !known.has(hash));
  const declared = unknown.flatMap(({ works_with }) => works_with ?? []);
  const isDeclared = declared.length === unknown.length;
  const oldest = declared.reduce((most, one) => (isAtLeast(most, one) ? most : one), '0.0.0');
  return {
    pending,
    changed: pending.find(({ when }) => unknown.some(({ at }) => at === when)),
    unknown: unknown.length,
    isCompatible: isDeclared && isAtLeast(programVersion(), oldest),
    needed: isDeclared ? oldest : undefined,
  };
}

/**
 * Returns the migrations that a database lacks. Logs a warning if it has some of a newer version with which this one works.
 * @throws {DatabaseUnusableError} if this version does not work with it, or if an applied file was changed.
 */
export async function findPending(
  run: RunStatement,
  own: readonly Migration[],
  log: Logger,
): Promise<Migration[]> {
  const { pending, changed, unknown, isCompatible, needed } = await readMigrationState(run, own);
  if (changed) {
    throw new DatabaseUnusableError(
      `The migration ${changed.tag} was changed after it was applied to this database. Restore its file, and put the change ` +
        'into a new migration.',
    );
  }
  if (unknown === 0) return pending;
  if (!isCompatible) {
    const oldest = needed === undefined ? '' : `, and needs version ${needed} or later`;
    throw new DatabaseUnusableError(
      `The database was migrated by a newer version of ${PRODUCT.name}${oldest}. Start that version, or restore the backup ` +
        'from before the upgrade.',
    );
  }
  log.warn(
    { version: programVersion(), unknownMigrations: unknown },
    'the database was migrated by a newer version, with which this version still works; complete the upgrade, or go back on all instances',
  );
  return pending;
}

/** True if a database has exactly the migrations of this version. */
export async function isMigrated({ execute }: Pick<Database, 'execute'>): Promise<boolean> {
  const applied = await readApplied((statement) => execute(sql.raw(statement)));
  const own = new Set(readMigrations().map(({ hash }) => hash));
  return applied.length === own.size && applied.every(({ hash }) => own.has(hash));
}
