import { z } from 'zod';
import { Instant } from '#contract/common';
import { invalidInput } from '#layer/index';

/** Where a page ends: the sort key of its last row. Opaque to clients. */
export function encodeCursor(key: readonly (string | number | boolean)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads a cursor back.
 * @param shape what the sort key must be.
 * @returns `undefined` when there is no cursor.
 * @throws {AppError} INVALID_INPUT on /cursor when it was not made by `encodeCursor` for this list.
 */
export function decodeCursor<T>(shape: z.core.$ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return z.parse(shape, JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw invalidInput([{ pointer: '/cursor', message: 'must be the nextCursor of the page before' }], cause);
  }
}

/** The shape of an instant in a cursor: ISO 8601, a Date when read. */
export const cursorInstant = z.iso
  .datetime()
  .transform((value) => new Date(value))
  .pipe(Instant);

/** A part of a cursor that is an id. */
export const cursorId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/**
 * Makes a page of rows that were read with `limit + 1`.
 * @param key the sort key of a row.
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
