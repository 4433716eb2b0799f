import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { SETTINGS } from '#server/db/embedded/settings';
import { type CopySession, literal, target, TEXT_SETTINGS } from './session.ts';

/** The file in PGlite's own file system by which COPY exchanges text, as a quoted text of SQL. */
const BLOB = '$$/dev/blob$$';

/** The aim for the size of each part of a table, in bytes, because PGlite keeps a part in memory. */
const PART_BYTES = 4 * 1024 * 1024;
const MAX_PAGES = 512;
const NEWLINE = 10;

const PACKAGE = '@electric-sql/pglite';

const Module = z.object({ PGlite: z.custom<typeof PGlite>((value) => typeof value === 'function') });

const Size = z.object({ pages: z.int(), bytes: z.number() });

const within = (least: number, most: number, value: number) =>
  Math.min(most, Math.max(least, Math.floor(value)));

/** Joins chunks to parts that end with a row. Within COPY text, a line break only ends a row. */
async function* wholeRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    const end = size < PART_BYTES ? -1 : chunk.lastIndexOf(NEWLINE);
    if (end < 0) continue;
    const rest = chunk.subarray(end + 1);
    yield Buffer.concat(parts).subarray(0, size - rest.length);
    parts = [rest];
    size = rest.length;
  }
  if (size > 0) yield Buffer.concat(parts);
}

/**
 * Opens the files of an embedded database, which no other process may have open. A database is created if there is none.
 * @param files the folder with PGlite's files.
 */
export async function openPgliteCopy(files: string): Promise<CopySession> {
  const settings = [...SETTINGS, ...Object.entries(TEXT_SETTINGS).map(([name, value]) => `${name}=${value}`)];
  return sessionOf(
    await PGlite.create(files, {
      startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    }),
  );
}

/** Returns the PGlite that is installed in a folder; `undefined` if there is none. */
export function findOlder(folder: string): typeof PGlite | undefined {
  const load = createRequire(join(folder, 'index.js'));
  let path: string;
  try {
    path = load.resolve(PACKAGE);
  } catch {
    return undefined;
  }
  // Otherwise it is the one of this version, which Node has found in a folder above.
  return path.startsWith(folder) ? Module.parse(load(path)).PGlite : undefined;
}

/**
 * Opens the files of an embedded database with the PGlite of an older PostgreSQL version.
 * @param older its class.
 */
export async function openOlderCopy(files: string, older: typeof PGlite): Promise<CopySession> {
  // Older ones have no `startParams`.
  const session = sessionOf(await older.create(files));
  for (const [name, value] of Object.entries(TEXT_SETTINGS)) {
    await session.rows(`set ${name} = ${literal(value)}`);
  }
  return session;
}

function sessionOf(client: PGlite): CopySession {
  const rows = async (statement: string) => (await client.query<Record<string, unknown>>(statement)).rows;

  /** Returns the number of a table's pages, and how many of them have the size of a part on average. */
  async function measure(table: string): Promise<{ pages: number; usual: number }> {
    const [row] = await rows(`
      select (pg_relation_size(oid) / current_setting('block_size')::int)::int as pages,
        pg_table_size(oid)::float8 as bytes
      from pg_class where oid = ${literal(table)}::regclass`);
    const { pages, bytes } = Size.parse(row);
    return { pages, usual: within(1, MAX_PAGES, (PART_BYTES * pages) / Math.max(bytes, 1)) };
  }

  return {
    kind: 'pglite',
    rows,
    async *copyOut(copied) {
      const { table, list } = target(copied);
      const { pages, usual } = await measure(table);
      let count = usual;
      for (let first = 0; first < pages;) {
        const range = `ctid >= '(${first},0)' and ctid < '(${first + count},0)'`;
        const { blob } = await client.query(`copy (select ${list} from ${table} where ${range}) to ${BLOB}`);
        first += count;
        if (!blob) throw new Error('The embedded database returned no text.');
        if (blob.size > 0) yield new Uint8Array(await blob.arrayBuffer());
        count = within(1, 2 * usual, (count * PART_BYTES) / Math.max(blob.size, 1));
      }
    },
    async copyIn(copied, chunks) {
      const { table, list } = target(copied);
      for await (const part of wholeRows(chunks)) {
        const blob = new Blob([new Uint8Array(part)]);
        await client.query(`copy ${table} (${list}) from ${BLOB}`, [], { blob });
      }
    },
    close: () => client.close(),
  };
}
