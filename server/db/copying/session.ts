/** A table, as an archive contains it. */
export interface CopyTable {
  name: string;
  /** Its columns in the order of the text, without generated ones. */
  columns: readonly string[];
}

/** One session of a database, to read or write whole tables with COPY. Statements of the caller are its transactions. */
export interface CopySession {
  kind: 'pglite' | 'postgres';
  /** Runs one statement without parameters, and returns its rows. */
  rows: (statement: string) => Promise<Record<string, unknown>[]>;
  /** Returns the rows of a table as COPY text. The reader decides the pace, so memory stays small. */
  copyOut: (table: CopyTable) => AsyncIterable<Uint8Array>;
  /** Inserts rows of COPY text. */
  copyIn: (table: CopyTable, chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  close: () => Promise<void>;
}

/** Quotes a name for a statement. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Quotes a text for a statement. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Settings with which COPY text is the same on every server. */
export const TEXT_SETTINGS = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
};

/** The names of the table and of its columns for COPY. */
export const target = ({ name, columns }: CopyTable): { table: string; list: string } => ({
  table: `public.${quoted(name)}`,
  list: columns.map(quoted).join(', '),
});
