import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, asc, eq, getTableColumns, gt } from 'drizzle-orm';
import { z } from 'zod';
import type { ApiKeyCreate, ApiKeyList } from '#contract/protected';
import { auditActor } from '#server/audit';
import type { Actor } from '#server/context';
import { isWithoutPlace } from '#server/db/errors';
import { placeFor } from '#server/db/places';
import { apiKeys } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { limitReached, notFound } from '#server/errors';
import { cursorId, decodeCursor, toPage } from '#server/paging';

const DAY_MS = 24 * 60 * 60 * 1000;
const SHOWN_CHARACTERS = 8;
const KEY = /^sb_([\w-]{43})$/;
const RANDOM_BYTES = 24;
const TAG_BYTES = 8;

const { userId: _userId, hash: _hash, ...shown } = getTableColumns(apiKeys);
/** The columns that make an ApiKey of the contract. */
export const keyColumns = shown;

/**
 * What is stored of an API key. A key has 192 random bits, so a plain SHA-256 cannot be reversed by guessing,
 * which is what slow password hashes are for.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

const tagOf = (random: Uint8Array, secret: string) =>
  createHmac('sha256', secret).update('api-key ').update(random).digest().subarray(0, TAG_BYTES);

/**
 * Returns a new API key: random bytes and a tag that only this installation can compute, so that guesses are told from keys
 * without asking the database.
 */
export function newApiKey(secret: string): string {
  const random = randomBytes(RANDOM_BYTES);
  return `sb_${Buffer.concat([random, tagOf(random, secret)]).toString('base64url')}`;
}

/**
 * Returns whether a text can be an API key: `tagged` if this installation has created it, `plain` if it has the form of one,
 * as keys that are older than the tag or than the present AUTH_SECRET have; else `null`.
 */
export function apiKeyForm(text: string, secret: string): 'tagged' | 'plain' | null {
  const bytes = Buffer.from(KEY.exec(text)?.[1] ?? '', 'base64url');
  if (bytes.length !== RANDOM_BYTES + TAG_BYTES) return null;
  const tag = tagOf(bytes.subarray(0, RANDOM_BYTES), secret);
  return timingSafeEqual(tag, bytes.subarray(RANDOM_BYTES)) ? 'tagged' : 'plain';
}

const Cursor = z.tuple([cursorId]);

/** The actor's API keys, oldest first, without the keys themselves. */
export async function list({ db }: Deps, actor: Actor, { limit, cursor }: z.output<typeof ApiKeyList>) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(keyColumns)
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, actor.userId), after && gt(apiKeys.id, after[0])))
    .orderBy(asc(apiKeys.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.id]);
}

/** Makes an API key. The result is the only place where `key` is ever shown. @throws {AppError} LIMIT_REACHED */
export async function create({ db, env, secrets }: Deps, actor: Actor, input: z.output<typeof ApiKeyCreate>) {
  const key = newApiKey(secrets.authSecret);
  const { name, scope, expiresInDays } = input;
  const max = env.MAX_API_KEYS;
  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(apiKeys)
      .values({
        userId: placeFor(apiKeys, actor.userId, max),
        name,
        scope,
        start: key.slice(0, SHOWN_CHARACTERS),
        hash: hashApiKey(key),
        expiresAt: expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * DAY_MS),
      })
      .returning(keyColumns)
      .catch((error: unknown) => {
        if (!isWithoutPlace(error)) throw error;
        throw limitReached(`You have ${max} API keys, which is the limit. Revoke one first.`);
      });
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

/** Ends all API keys of the actor. */
export async function revokeAll(
  { db, identities }: Pick<Deps, 'db' | 'identities'>,
  actor: Actor,
): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(apiKeys)
      .where(eq(apiKeys.userId, actor.userId))
      .returning({ id: apiKeys.id });
    for (const { id } of deleted) await auditActor(tx, actor, 'api-key.revoke', id);
  });
  identities.forget(actor.userId);
}
