import { z } from 'zod';
import type { CopySession, CopyTable } from '#server/db/copying/session';

const Tables = z.array(z.object({ name: z.string(), columns: z.array(z.string()) }));
const Migrations = z.array(z.object({ hash: z.string() }));
const Constraints = z.array(z.object({ table: z.string(), name: z.string(), definition: z.string() }));
const Names = z.array(z.object({ name: z.string() }));

/** The tables of the schema `public` that belong to no extension. */
const OWN_TABLES = `pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/** Returns the tables of a database, by name, without unlogged ones: a crash empties these, and so does a restore. */
export async function tablesOf({ rows }: CopySession): Promise<CopyTable[]> {
  return Tables.parse(
    await rows(`
      select c.relname as name, (
        select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      ) as columns
      from ${OWN_TABLES} and c.relpersistence = 'p' order by c.relname collate "C"`),
  );
}

/** Returns the hashes of the migrations of a database; none if it was never migrated. */
export async function migrationsOf({ rows }: CopySession): Promise<string[]> {
  const [table] = await rows(`select to_regclass('drizzle.__drizzle_migrations')::text as name`);
  if (table?.['name'] == null) return [];
  return Migrations.parse(
    await rows('select hash from drizzle.__drizzle_migrations order by created_at'),
  ).map(({ hash }) => hash);
}

/** Returns what a database contains, to name it in an error; undefined if it is empty. */
export async function contentOf({ rows }: CopySession): Promise<string | undefined> {
  const names = Names.parse(await rows(`select c.relname as name from ${OWN_TABLES} limit 1`));
  return names[0] && `a table ${names[0].name}`;
}

/**
 * Removes foreign keys and turns off triggers while `work` fills the tables in any order. Then the foreign keys are
 * checked. Needs no rights but those of the owner.
 */
export async function withoutConstraints({ rows }: CopySession, work: () => Promise<void>): Promise<void> {
  const keys = Constraints.parse(
    await rows(`
      select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`),
  );
  const tables = Names.parse(await rows(`select c.oid::regclass::text as name from ${OWN_TABLES}`));
  for (const { table, name } of keys) await rows(`alter table ${table} drop constraint ${name}`);
  for (const { name } of tables) await rows(`alter table ${name} disable trigger user`);
  if (tables.length > 0) await rows(`truncate ${tables.map(({ name }) => name).join(', ')}`);
  await work();
  for (const { name } of tables) await rows(`alter table ${name} enable trigger user`);
  for (const { table, name, definition } of keys) {
    await rows(`alter table ${table} add constraint ${name} ${definition}`);
  }
}
