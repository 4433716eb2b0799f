import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ClientRequestGet, ConnectedClientList } from '#contract/oauth';
import { isLoopbackHost } from '#layer/index';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { oauthClients, oauthConsents } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import type { Authenticator } from '#server/people/authenticator';
import { identityOf } from './identity.ts';
import { knownScopes } from './scopes.ts';

const Cursor = z.tuple([cursorId]);

/**
 * A condition: a client belongs to no account and has no consent. Postgres cannot turn a subquery with a limit
 * into a join, which would read all consents.
 */
export const isUnused = sql`${oauthClients.userId} is null and coalesce(
  (select false from ${oauthConsents} where ${eq(oauthConsents.clientId, oauthClients.clientId)} limit 1), true)`;

/** A condition: a client was neither registered nor disconnected for a day. If it is unused too, it is deleted. */
export const isOld = lt(oauthClients.updatedAt, sql`now() - interval '1 day'`);

const columns = {
  id: oauthConsents.id,
  clientId: oauthConsents.clientId,
  discoveryId: oauthClients.clientDiscoveryId,
  name: oauthClients.name,
  scopes: oauthConsents.scopes,
  lastUsedAt: oauthConsents.lastUsedAt,
  createdAt: oauthConsents.createdAt,
};

/** Lists the clients that the actor has connected, oldest first. */
export async function list(
  { db }: { db: Db },
  actor: Actor,
  { limit, cursor }: z.output<typeof ConnectedClientList>,
) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(columns)
    .from(oauthConsents)
    .innerJoin(oauthClients, eq(oauthClients.clientId, oauthConsents.clientId))
    .where(and(eq(oauthConsents.userId, actor.userId), after && gt(oauthConsents.id, after[0])))
    .orderBy(asc(oauthConsents.id))
    .limit(limit + 1);
  const clients = rows.map(({ clientId, discoveryId, name, scopes, ...rest }) => ({
    ...rest,
    ...identityOf({ clientId, discoveryId, name }),
    scopes: knownScopes(scopes),
  }));
  return toPage(clients, limit, ({ id }) => [id]);
}

/** Disconnects a client: deletes the consent, and with it all of the client's tokens. @throws {AppError} NOT_FOUND */
export async function disconnect(
  { db, authenticator }: { db: Db; authenticator: Authenticator },
  actor: Actor,
  id: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const deleted = await tx
      .delete(oauthConsents)
      .where(and(eq(oauthConsents.userId, actor.userId), eq(oauthConsents.id, id)))
      .returning({ clientId: oauthConsents.clientId });
    const [consent] = deleted;
    if (!consent) throw notFound('connected client');
    // A client without a consent is deleted a day after this. Until then, it can be connected again.
    await tx
      .update(oauthClients)
      .set({ updatedAt: new Date() })
      .where(eq(oauthClients.clientId, consent.clientId));
    await auditActor(tx, actor, 'client.disconnect', consent.clientId);
  });
  authenticator.invalidate(actor.userId);
}

/** Returns what a client asks the person for. @throws {AppError} NOT_FOUND for a client that does not exist. */
export async function findRequest({ db }: { db: Db }, { query }: z.output<typeof ClientRequestGet>) {
  const asked = new URLSearchParams(query);
  const clientId = asked.get('client_id') ?? '';
  const [client] = await db
    .select({
      clientId: oauthClients.clientId,
      discoveryId: oauthClients.clientDiscoveryId,
      name: oauthClients.name,
    })
    .from(oauthClients)
    .where(eq(oauthClients.clientId, clientId));
  const redirect = URL.parse(asked.get('redirect_uri') ?? '');
  if (!client || !redirect) throw notFound('request of a program');
  // A scheme of its own leads to an application on the person's computer, whatever host follows it.
  const isWeb = redirect.protocol === 'https:' || redirect.protocol === 'http:';
  return {
    ...identityOf(client),
    redirectTo: isWeb ? redirect.host : redirect.protocol,
    isThisComputer: !isWeb || isLoopbackHost(redirect.host),
    scopes: knownScopes((asked.get('scope') ?? '').split(' ')),
  };
}
