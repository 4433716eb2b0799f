import { createHash, randomBytes } from 'node:crypto';
import { and, asc, eq, getTableColumns } from 'drizzle-orm';
import type { z } from 'zod';
import type { ApiKeyCreate } from '#contract/protected';
import { auditActor } from '#server/audit';
import type { Actor } from '#server/context';
import { apiKeys } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { notFound } from '#server/errors';

const DAY_MS = 24 * 60 * 60 * 1000;
const SHOWN_CHARACTERS = 8;

const { userId: _userId, hash: _hash, ...shown } = getTableColumns(apiKeys);
/** The columns that make an ApiKey of the contract. */
export const keyColumns = shown;

/**
 * What is stored of an API key. A key is 256 random bits, so a plain SHA-256 cannot be reversed by guessing,
 * which is what slow password hashes are for.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** The actor's API keys, oldest first, without the keys themselves. */
export async function list({ db }: Deps, actor: Actor) {
  const items = await db
    .select(keyColumns)
    .from(apiKeys)
    .where(eq(apiKeys.userId, actor.userId))
    .orderBy(asc(apiKeys.id));
  return { items };
}

/** Makes an API key. The answer is the only place where `key` is ever shown. */
export async function create({ db }: Deps, actor: Actor, input: z.output<typeof ApiKeyCreate>) {
  const key = `sb_${randomBytes(32).toString('base64url')}`;
  const { name, scope, expiresInDays } = input;
  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(apiKeys)
      .values({
        userId: actor.userId,
        name,
        scope,
        start: key.slice(0, SHOWN_CHARACTERS),
        hash: hashApiKey(key),
        expiresAt: expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * DAY_MS),
      })
      .returning(keyColumns);
    if (!row) throw new Error('INSERT returned no row');
    await auditActor(tx, actor, 'api-key.create', row.id);
    return { ...row, key };
  });
}

/** Ends an API key; it works no more from the next call on. @throws {AppError} NOT_FOUND */
export async function revoke({ db, identities }: Deps, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(apiKeys)
      .where(and(eq(apiKeys.userId, actor.userId), eq(apiKeys.id, id)))
      .returning({ id: apiKeys.id });
    if (deleted.length === 0) throw notFound('API key');
    await auditActor(tx, actor, 'api-key.revoke', id);
  });
  identities.forget(actor.userId);
}
