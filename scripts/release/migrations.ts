import { type Migration, withoutComments } from '#server/db/migrations';

/** The number of migrations that were written before files declared with which versions they work. */
const UNDECLARED = 27;

/** The tables and columns that a version reads and writes: the snapshot of Drizzle at its last migration. */
export interface Schema {
  /** By `public.name`. */
  tables: Readonly<Record<string, { columns: Readonly<Record<string, { notNull: boolean }>> }>>;
}

/** What the rules for migrations need to know about releases. */
export interface Releases {
  /** The released versions, the last one first. */
  versions: readonly string[];
  /** The version in package.json, which is the first one if there is no release yet. */
  current: string;
  /** Returns what a released version uses; undefined if there is no record of it. */
  schemaOf: (version: string) => Schema | undefined;
}

const NAME = '(?:"public"\\.)?"?(\\w+)"?';
const DROP_TABLE = new RegExp(`^drop\\s+table\\s+(?:if\\s+exists\\s+)?${NAME}`, 'i');
const ALTER_TABLE = new RegExp(`^alter\\s+table\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?${NAME}\\s+(.*)$`, 'is');
const RENAME_TABLE = /^rename\s+to\b/i;
const LOST_COLUMN =
  /\b(?:drop\s+column\s+(?:if\s+exists\s+)?|rename\s+(?:column\s+)?(?!(?:column|constraint|to)\b))"?(\w+)"?/gi;
const REQUIRED_COLUMN = /\balter\s+(?:column\s+)?"?(\w+)"?\s+set\s+not\s+null/gi;

const namesIn = (text: string, pattern: RegExp) =>
  Array.from(text.matchAll(pattern), ([, name = '']) => name);

/** Returns what a statement takes away from programs that use `schema`, as parts of sentences. */
function lostBy(statement: string, { tables }: Schema): string[] {
  const text = withoutComments(statement).trim();
  const columnsOf = (table: string) => tables[`public.${table}`]?.columns ?? {};
  const dropped = DROP_TABLE.exec(text)?.[1];
  if (dropped !== undefined) return `public.${dropped}` in tables ? [`drops the table ${dropped}`] : [];
  const [, table = '', change = ''] = ALTER_TABLE.exec(text) ?? [];
  if (RENAME_TABLE.test(change)) return `public.${table}` in tables ? [`renames the table ${table}`] : [];
  const lost = namesIn(change, LOST_COLUMN).filter((column) => column in columnsOf(table));
  const required = namesIn(change, REQUIRED_COLUMN).filter(
    (column) => columnsOf(table)[column]?.notNull === false,
  );
  return [
    ...lost.map((column) => `drops or renames the column ${table}.${column}`),
    ...required.map((column) => `requires a value in the column ${table}.${column}`),
  ];
}

/**
 * Returns sentences about migrations with which no rolling upgrade is possible (docs/migrations.md); none if there are
 * none. @param migrations all of them, in their order.
 */
export function migrationFaults(
  migrations: readonly Migration[],
  { versions, current, schemaOf }: Releases,
): string[] {
  const allowed = versions.length === 0 ? [current] : versions;
  return migrations.slice(UNDECLARED).flatMap(({ tag, worksWith, statements }) => {
    if (worksWith === undefined) {
      return [
        `${tag}.sql does not declare the oldest version that works with its result. Add "-- works with ${allowed[0] ?? current}" to its first lines.`,
      ];
    }
    if (!allowed.includes(worksWith)) {
      return [
        `${tag}.sql works with ${worksWith}, which was not released. Each release must work with the database of the next one.`,
      ];
    }
    const schema = schemaOf(worksWith);
    const lost = schema ? statements.flatMap((statement) => lostBy(statement, schema)) : [];
    return lost.map(
      (what) =>
        `${tag}.sql ${what}, but version ${worksWith} needs it as it is. Change the program in one release, and the database in a later one.`,
    );
  });
}
