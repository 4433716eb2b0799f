import { and, eq } from 'drizzle-orm';
import type { Auth } from '#server/auth';
import type { Actor, RequestInfo } from '#server/context';
import type { Database } from '#server/db/client';
import { apiKeys, users } from '#server/db/schema';
import type { Logger } from '#server/log';
import { hashApiKey } from '#server/vault/api-keys';

const LAST_USED_RESOLUTION_MS = 60_000;

interface BanState {
  banned?: boolean | null | undefined;
  banExpires?: Date | null | undefined;
}

function isBanned({ banned, banExpires }: BanState): boolean {
  return banned === true && (!banExpires || banExpires > new Date());
}

/** Finds out who sent a request: by API key when there is an Authorization header, else by session cookie. */
export function createIdentify(auth: Auth, database: Database, log: Logger) {
  const { db } = database;

  async function byApiKey(key: string, request: RequestInfo): Promise<Actor | null> {
    const hash = hashApiKey(key);
    const [row] = await db
      .select({
        keyId: apiKeys.id,
        scope: apiKeys.scope,
        expiresAt: apiKeys.expiresAt,
        lastUsedAt: apiKeys.lastUsedAt,
        userId: users.id,
        role: users.role,
        isGuest: users.isAnonymous,
        banned: users.banned,
        banExpires: users.banExpires,
      })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .where(eq(apiKeys.hash, hash));
    if (!row || isBanned(row) || (row.expiresAt && row.expiresAt <= new Date())) return null;
    if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > LAST_USED_RESOLUTION_MS) {
      // Nobody waits for it, and a call must not fail for it.
      db.update(apiKeys)
        .set({ lastUsedAt: new Date() })
        .where(and(eq(apiKeys.id, row.keyId), eq(apiKeys.userId, row.userId)))
        .catch((err: unknown) => {
          log.warn({ err, keyId: row.keyId }, 'lastUsedAt of an API key was not written');
        });
    }
    return {
      userId: row.userId,
      role: row.role,
      isGuest: row.isGuest,
      via: { kind: 'api-key', keyId: row.keyId, scope: row.scope },
      request,
    };
  }

  async function bySession(request: RequestInfo, responseHeaders: Headers): Promise<Actor | null> {
    if (!request.headers.has('cookie')) return null;
    const { response, headers } = await auth.api.getSession({
      headers: request.headers,
      returnHeaders: true,
    });
    for (const cookie of headers.getSetCookie()) responseHeaders.append('set-cookie', cookie);
    if (!response || isBanned(response.user)) return null;
    return {
      userId: response.user.id,
      role: response.user.role === 'admin' ? 'admin' : 'user',
      isGuest: response.user.isAnonymous === true,
      via: { kind: 'session', sessionId: response.session.id },
      request,
    };
  }

  /** @returns the actor, or `null` when there is no valid credential. */
  return async (request: RequestInfo, responseHeaders: Headers): Promise<Actor | null> => {
    const authorization = request.headers.get('authorization');
    if (authorization === null) return bySession(request, responseHeaders);
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return key === undefined ? null : byApiKey(key, request);
  };
}
