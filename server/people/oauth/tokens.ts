import { and, eq } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { oauthAccessTokens, oauthClients, oauthConsents, users } from '#server/db/schema/index';
import { isBanned } from '#server/people/bans';
import { identityOf } from './identity.ts';
import { knownScopes } from './scopes.ts';

/**
 * Finds the caller of an access token. A token has the scopes that its person still gives to the client.
 * @param token `hash` is the hash of the token without its prefix; `resource` is the resource that it must be for.
 * @returns `undefined` if there is no such token; `null` if it is not valid here and now.
 */
export async function findToken(db: Db, { hash, resource }: { hash: string; resource: string }) {
  const ofClient = eq(oauthConsents.clientId, oauthAccessTokens.clientId);
  const [row] = await db
    .select({
      consentId: oauthConsents.id,
      consented: oauthConsents.scopes,
      lastUsedAt: oauthConsents.lastUsedAt,
      clientId: oauthClients.clientId,
      discoveryId: oauthClients.clientDiscoveryId,
      name: oauthClients.name,
      isDisabled: oauthClients.disabled,
      scopes: oauthAccessTokens.scopes,
      resources: oauthAccessTokens.resources,
      confirmation: oauthAccessTokens.confirmation,
      expiresAt: oauthAccessTokens.expiresAt,
      userId: users.id,
      role: users.role,
      isGuest: users.isAnonymous,
      banned: users.banned,
      banExpires: users.banExpires,
    })
    .from(oauthAccessTokens)
    .innerJoin(users, eq(users.id, oauthAccessTokens.userId))
    .innerJoin(oauthClients, eq(oauthClients.clientId, oauthAccessTokens.clientId))
    .innerJoin(oauthConsents, and(ofClient, eq(oauthConsents.userId, oauthAccessTokens.userId)))
    .where(eq(oauthAccessTokens.token, hash));
  if (!row) return undefined;
  // A token that is bound to a key of its client (DPoP) is not valid by itself.
  const isValid =
    row.expiresAt > new Date() &&
    row.resources?.includes(resource) === true &&
    row.confirmation === null &&
    !row.isDisabled &&
    !isBanned(row);
  if (!isValid) return null;
  const { userId, role, isGuest, consentId, consented, expiresAt, lastUsedAt } = row;
  const scopes = knownScopes(row.scopes.filter((scope) => consented.includes(scope)));
  const via = { kind: 'oauth' as const, consentId, clientName: identityOf(row).name, scopes };
  return { identity: { userId, role, isGuest, via }, expiresAt, lastUsedAt };
}
