import { and, asc, eq, getTableColumns, gt } from 'drizzle-orm';
import { z } from 'zod';
import type { ApiKeyCreate, ApiKeyList } from '#contract/protected';
import type { Db } from '#server/db/database';
import { isWithoutPlace } from '#server/db/errors';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { placeFor } from '#server/db/places';
import { apiKeys } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { limitReached } from '#server/errors';
import type { Secrets } from '#server/secrets/secrets';
import type { Actor } from './actor.ts';
import { hashApiKey, newApiKey } from './api-key-form.ts';
import { auditActor } from './audit.ts';
import type { Authenticator } from './authenticator.ts';
import { deleteOwn } from './delete-own.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SHOWN_CHARACTERS = 8;

const { userId: _userId, hash: _hash, ...shown } = getTableColumns(apiKeys);
/** The columns of an `ApiKey` of the contract. */
export const keyColumns = shown;

const Cursor = z.tuple([cursorId]);

/** Lists the actor's API keys, oldest first, without the keys themselves. */
export async function list({ db }: { db: Db }, actor: Actor, { limit, cursor }: z.output<typeof ApiKeyList>) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(keyColumns)
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, actor.userId), after && gt(apiKeys.id, after[0])))
    .orderBy(asc(apiKeys.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.id]);
}

/** Creates an API key. Only this result contains the `key` itself. @throws {AppError} LIMIT_REACHED */
export async function create(
  { db, env, secrets }: { db: Db; env: Env; secrets: Pick<Secrets, 'authSecrets'> },
  actor: Actor,
  input: z.output<typeof ApiKeyCreate>,
) {
  const key = newApiKey(secrets.authSecrets);
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

/** Revokes an API key. The next call with it is rejected. @throws {AppError} NOT_FOUND */
export function revoke(
  deps: { db: Db; authenticator: Authenticator },
  actor: Actor,
  id: string,
): Promise<void> {
  const access = { id: apiKeys.id, owner: apiKeys.userId, what: 'API key', action: 'api-key.revoke' };
  return deleteOwn(deps, actor, access, id);
}

/** Revokes all API keys of the actor. */
export async function revokeAll(
  { db, authenticator }: { db: Db; authenticator: Authenticator },
  actor: Actor,
): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(apiKeys)
      .where(eq(apiKeys.userId, actor.userId))
      .returning({ id: apiKeys.id });
    for (const { id } of deleted) await auditActor(tx, actor, 'api-key.revoke', id);
  });
  authenticator.invalidate(actor.userId);
}
