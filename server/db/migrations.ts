import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The folder of the committed migrations, which both drivers share. */
export const MIGRATIONS = join(process.cwd(), 'server/db/migrations');

/** A file of that folder. */
export interface Migration {
  /** The name of the file without `.sql`. */
  tag: string;
  /** When it was generated, in milliseconds. Drizzle's own migrator compares it. */
  when: number;
  /** The SHA-256 of the file. By it, a database knows which files it has. */
  hash: string;
  statements: readonly string[];
  /** False if its statements are not run in one transaction. */
  isTransactional: boolean;
  /** The oldest version of the program that works with its result; undefined if the file does not declare one. */
  worksWith: string | undefined;
}

const Journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.int() })) });

/** Between the statements of a file. Drizzle writes it. */
const BREAKPOINT = '--> statement-breakpoint';
/** The comments at the start of a file. */
const HEADER = /^(?:--(?!>).*\r?\n)*/;
const OUTSIDE = /^-- outside transaction\s*\n/;
const WORKS_WITH = /^-- works with (\d+\.\d+\.\d+[\w.+-]*)\s*$/m;

/** Returns a statement without the comments before it. */
export const withoutComments = (statement: string): string => statement.replace(/^(?:\s*--.*\n?)+/, '');

/**
 * Reads the text of a migration.
 * @param tag the name of its file without `.sql`. @param when when it was generated, in milliseconds.
 */
export function parseMigration(tag: string, when: number, text: string): Migration {
  const [header = ''] = HEADER.exec(text) ?? [];
  return {
    tag,
    when,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: text.split(BREAKPOINT).filter((statement) => withoutComments(statement).trim() !== ''),
    isTransactional: !OUTSIDE.test(header),
    worksWith: WORKS_WITH.exec(header)?.[1],
  };
}

/** Returns the migrations of this version, in the order in which they are applied. */
export function readMigrations(folder = MIGRATIONS): Migration[] {
  const journal: unknown = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'));
  return Journal.parse(journal).entries.map(({ tag, when }) =>
    parseMigration(tag, when, readFileSync(join(folder, `${tag}.sql`), 'utf8')),
  );
}
