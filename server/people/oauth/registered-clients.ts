import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  OauthScope,
  OFFLINE_ACCESS,
  type RegisteredClientCreate,
  type RegisteredClientList,
} from '#contract/oauth';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { isWithoutPlace } from '#server/db/errors';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { placeFor } from '#server/db/places';
import { oauthClients } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { limitReached } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import type { Authenticator } from '#server/people/authenticator';
import { deleteOwn } from '#server/people/delete-own';
import { hashClientSecret, newClientSecret } from './client-secret.ts';

const columns = {
  id: oauthClients.clientId,
  name: sql<string>`coalesce(${oauthClients.name}, '')`,
  redirectUris: oauthClients.redirectUris,
  hasSecret: sql<boolean>`${oauthClients.clientSecret} is not null`,
  createdAt: oauthClients.createdAt,
};

const Cursor = z.tuple([cursorId]);

/** Returns the columns of a new client, with their values that are the same for all that are registered here. */
export function newClient(isConfidential: boolean) {
  const secret = isConfidential ? newClientSecret() : null;
  const id = newId();
  return {
    secret,
    row: {
      id,
      clientId: id,
      clientSecret: secret === null ? null : hashClientSecret(secret),
      // better-auth gets each secret in the header, wherever its client has sent it.
      tokenEndpointAuthMethod: isConfidential ? 'client_secret_basic' : 'none',
      applicationType: 'native',
      grantTypes: ['authorization_code', 'refresh_token'],
      responseTypes: ['code'],
      scopes: [...OauthScope.options, OFFLINE_ACCESS],
    },
  };
}

/** Lists the clients that the actor has registered, oldest first, without their secrets. */
export async function list(
  { db }: { db: Db },
  actor: Actor,
  { limit, cursor }: z.output<typeof RegisteredClientList>,
) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(columns)
    .from(oauthClients)
    .where(and(eq(oauthClients.userId, actor.userId), after && gt(oauthClients.clientId, after[0])))
    .orderBy(asc(oauthClients.clientId))
    .limit(limit + 1);
  return toPage(rows, limit, ({ id }) => [id]);
}

/** Registers a client. Only this result contains its `secret`. @throws {AppError} LIMIT_REACHED */
export async function create(
  { db, env }: { db: Db; env: Env },
  actor: Actor,
  { name, redirectUris, hasSecret }: z.output<typeof RegisteredClientCreate>,
) {
  const max = env.MAX_OAUTH_CLIENTS;
  const { secret, row } = newClient(hasSecret);
  return db.transaction(async (tx) => {
    const [created] = await tx
      .insert(oauthClients)
      .values({ ...row, name, redirectUris, userId: placeFor(oauthClients, actor.userId, max) })
      .returning(columns)
      .catch((error: unknown) => {
        if (!isWithoutPlace(error)) throw error;
        throw limitReached(`You have registered ${max} programs, which is the limit. Delete one first.`);
      });
    if (!created) throw new Error('INSERT returned no row');
    await auditActor(tx, actor, 'client.register', created.id);
    return { ...created, secret };
  });
}

/**
 * Deletes a client. The consents of all who have connected it, and with them its tokens, are deleted by the same
 * statement. @throws {AppError} NOT_FOUND
 */
export function remove(
  deps: { db: Db; authenticator: Authenticator },
  actor: Actor,
  id: string,
): Promise<void> {
  const { clientId, userId: owner } = oauthClients;
  const access = { id: clientId, owner, what: 'registered program', action: 'client.delete' };
  return deleteOwn(deps, actor, access, id);
}
