import { and, asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Provider } from '#contract/protected';
import type { Db } from '#server/db/database';
import { providerKeys, users } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import { decrypt, encrypt } from '#server/secrets/cipher';
import type { Secrets } from '#server/secrets/secrets';

const shown = {
  provider: providerKeys.provider,
  last4: providerKeys.last4,
  createdAt: providerKeys.createdAt,
  updatedAt: providerKeys.updatedAt,
};

/** Returns what the ciphertext of a provider key is bound to. */
export const boundTo = (userId: string, provider: string): string => `${userId}:${provider}`;

/** Lists the actor's own provider keys with only the last 4 characters of each. */
export async function list({ db }: { db: Db }, actor: Actor) {
  const rows = await db
    .select(shown)
    .from(providerKeys)
    .where(eq(providerKeys.userId, actor.userId))
    .orderBy(asc(providerKeys.provider));
  return { items: rows.map((row) => ({ ...row, provider: Provider.parse(row.provider) })) };
}

/** Stores an encrypted provider key. Replaces an earlier one. */
export async function set(
  { db, secrets }: { db: Db; secrets: Secrets },
  actor: Actor,
  provider: Provider,
  key: string,
) {
  const { userId } = actor;
  const ciphertext = encrypt(secrets.encryptionKeys, key, boundTo(userId, provider));
  const last4 = key.slice(-4);
  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(providerKeys)
      .values({ userId, provider, ciphertext, last4 })
      .onConflictDoUpdate({
        target: [providerKeys.userId, providerKeys.provider],
        set: { ciphertext, last4, updatedAt: new Date() },
      })
      .returning(shown);
    if (!row) throw new Error('INSERT returned no row');
    await auditActor(tx, actor, 'provider-key.set', provider);
    return { ...row, provider };
  });
}

/** Deletes a provider key. @throws {AppError} NOT_FOUND */
export async function remove({ db }: { db: Db }, actor: Actor, provider: Provider): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(providerKeys)
      .where(and(eq(providerKeys.userId, actor.userId), eq(providerKeys.provider, provider)))
      .returning({ provider: providerKeys.provider });
    if (deleted.length === 0) throw notFound('provider key');
    await auditActor(tx, actor, 'provider-key.delete', provider);
  });
}

const SealedKeys = z.array(z.object({ provider: z.string(), ciphertext: z.string() }));

/** A column for a query: the user's encrypted provider keys, for `unseal`. */
export const sealed = (userId: string) =>
  sql`(select coalesce(json_agg(json_build_object('provider', ${providerKeys.provider}, 'ciphertext', ${providerKeys.ciphertext})), '[]')
    from ${providerKeys} where ${providerKeys.userId} = ${userId})`.mapWith((rows: unknown) =>
    SealedKeys.parse(rows),
  );

/** Decrypts the user's provider keys for calls of models. They must never be part of a response. */
export function unseal(
  { secrets, log }: { secrets: Secrets; log: Logger },
  userId: string,
  rows: z.output<typeof SealedKeys>,
): ProviderKeys {
  const keys: ProviderKeys = {};
  for (const { provider, ciphertext } of rows) {
    try {
      keys[Provider.parse(provider)] = decrypt(secrets.encryptionKeys, ciphertext, boundTo(userId, provider));
    } catch (err) {
      log.error(
        { err, userId, provider },
        'a stored provider key cannot be decrypted; was its key removed from ENCRYPTION_KEY?',
      );
    }
  }
  return keys;
}

/** Returns the user's decrypted provider keys. */
export async function reveal(
  deps: { db: Db; secrets: Secrets; log: Logger },
  userId: string,
): Promise<ProviderKeys> {
  const [row] = await deps.db
    .select({ keys: sealed(userId) })
    .from(users)
    .where(eq(users.id, userId));
  return unseal(deps, userId, row?.keys ?? []);
}
