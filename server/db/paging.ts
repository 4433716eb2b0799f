import { z } from 'zod';
import { Instant } from '#contract/common';
import { invalidInput } from '#layer/index';

/** Encodes the end of a page: the sort key of its last row. Opaque to clients. */
export function encodeCursor(key: readonly (string | number | boolean)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Decodes a cursor.
 * @param shape the schema of the sort key.
 * @returns `undefined` if there is no cursor.
 * @throws {AppError} INVALID_INPUT on /cursor if `encodeCursor` did not create it for this list.
 */
export function decodeCursor<T>(shape: z.core.$ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return z.parse(shape, JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw invalidInput(
      [{ pointer: '/cursor', message: 'must be the nextCursor of the previous page' }],
      cause,
    );
  }
}

/** The schema of an instant in a cursor: ISO 8601, parsed into a Date. */
export const cursorInstant = z.iso
  .datetime()
  .transform((value) => new Date(value))
  .pipe(Instant);

/** The schema of an id in a cursor. */
export const cursorId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/**
 * Returns a page of rows that were read with `limit + 1`.
 * @param key returns the sort key of a row.
 */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  key: (row: Row) => readonly (string | number | boolean)[],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null };
}
