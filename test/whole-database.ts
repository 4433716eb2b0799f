import type { CopySession } from '#server/db/copying/session';
import { literal, quoted } from '#server/db/copying/session';
import { tablesOf } from '#server/backup/tables';

/** The id of all rows, so that every foreign key is satisfied. */
const ID = 'row-1';

/** A text with what COPY has to escape, and letters of several bytes. */
const TEXT = 'tab\t, line\n, return\r, back\\slash, \\N, \\., quote \' and ", é, 字, 😀';

/** Values by the type of a column, as SQL. */
const VALUES: Record<string, string> = {
  text: literal(TEXT),
  boolean: 'false',
  integer: '7',
  bigint: '9007199254740993',
  'double precision': '0.1::float8 + 0.2::float8',
  'timestamp with time zone': `'2026-01-02 03:04:05.678+09'`,
  date: `'2026-01-02'`,
  json: literal('{"a" : [1,  "x\\ty \\\\ \\u00e9"], "a": null}'),
  bytea: `'\\x00ff5c0a0d09'`,
  ARRAY: `array['a', 'b,"c\\', '', null]`,
};

/** Values of columns that a constraint restricts. */
const RESTRICTED: Record<string, string> = {
  'users.email': `'é字@example.com'`,
  'messages.parent_id': 'null',
  'oauth_resources.identifier': literal(ID),
  'runs.seams': 'array[1, -2]',
};

const valueOf = (table: string, column: string, type: string): string =>
  RESTRICTED[`${table}.${column}`] ??
  (column === 'id' || column.endsWith('_id') ? literal(ID) : (VALUES[type] ?? 'null'));

/** Inserts a row with a value in each column into each table of a migrated, empty database. */
export async function fillAllTables(session: CopySession): Promise<void> {
  const columns = await session.rows(`
    select table_name::text as table, column_name::text as column, data_type::text as type
    from information_schema.columns where table_schema = 'public' and is_generated = 'NEVER'
    order by table_name, ordinal_position`);
  let tables = [...new Set(columns.map(({ table }) => String(table)))];
  while (tables.length > 0) {
    const left: string[] = [];
    let reason: unknown;
    for (const table of tables) {
      const own = columns.filter((column) => column['table'] === table);
      const names = own.map(({ column }) => quoted(String(column))).join(', ');
      const values = own.map(({ column, type }) => valueOf(table, String(column), String(type))).join(', ');
      await session
        .rows(`insert into ${quoted(table)} (${names}) values (${values})`)
        .catch((error: unknown) => {
          // Another table must be first.
          left.push(table);
          reason = error;
        });
    }
    if (left.length === tables.length) throw new Error(`No row for ${left.join(', ')}`, { cause: reason });
    tables = left;
  }
}

/** Returns all rows of all tables as text, also generated columns, in an order of their own. */
export async function allRows(session: CopySession): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const { name } of await tablesOf(session)) {
    const rows = await session.rows(`select t::text as row from public.${quoted(name)} t`);
    all[name] = rows.map(({ row }) => String(row)).sort();
  }
  return all;
}
