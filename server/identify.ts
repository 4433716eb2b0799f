import { and, eq } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Auth } from '#server/auth';
import type { Actor, Context, RequestInfo } from '#server/context';
import type { Database } from '#server/db/client';
import { apiKeys, users } from '#server/db/schema';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log';
import { hashApiKey } from '#server/vault/api-keys';

const LAST_USED_RESOLUTION_MS = 60_000;
/** How long it is remembered who a credential belongs to: also a lost notification lets nobody in for longer. */
const REMEMBERED_MS = 4_000;
const REMEMBERED_MAX = 10_000;
/** The database's triggers tell here whose role, ban, session or key has changed. */
const CHANNEL = 'switchboard_identities';

/** An actor without the request it calls by. */
type Identity = Omit<Actor, 'request'>;

/** Who a credential belongs to, and when that ends by itself. */
interface Found {
  identity: Identity;
  expiresAt: Date | null;
}

interface BanState {
  banned?: boolean | null | undefined;
  banExpires?: Date | null | undefined;
}

function isBanned({ banned, banExpires }: BanState): boolean {
  return banned === true && (!banExpires || banExpires > new Date());
}

/** Finds out who sends requests. */
export interface Identities {
  /**
   * Who sent a request: by API key when there is an Authorization header, else by session cookie.
   * @param responseHeaders get a renewed session cookie.
   * @returns the actor, or `null` when there is no valid credential.
   */
  identify: (request: RequestInfo, responseHeaders: Headers) => Promise<Actor | null>;
  /** Has the next call of a user ask the database again; other instances are told by the database. */
  forget: (userId: string) => void;
  /** The same for everybody. */
  forgetAll: () => void;
  close: () => Promise<void>;
}

/**
 * Finds out who sends requests, and remembers it for a few seconds, so that a call of somebody known asks the database
 * nothing. What ends a session, a key or an account is heard of by NOTIFY.
 */
export async function createIdentities(auth: Auth, database: Database, log: Logger): Promise<Identities> {
  const { db } = database;
  const sessionCookie = (await auth.$context).authCookies.sessionToken.name;
  const remembered = new LRUCache<string, Identity>({ max: REMEMBERED_MAX });
  /** Counts what was forgotten: what was asked before may not be remembered after. */
  let forgotten = 0;

  async function byApiKey(hash: string): Promise<Found | null> {
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
    const { userId, role, isGuest, keyId, scope, expiresAt } = row;
    return { identity: { userId, role, isGuest, via: { kind: 'api-key', keyId, scope } }, expiresAt };
  }

  async function bySession(request: RequestInfo, responseHeaders: Headers): Promise<Found | null> {
    const { response, headers } = await auth.api.getSession({
      headers: request.headers,
      query: { disableRefresh: request.withoutCookies === true },
      returnHeaders: true,
    });
    for (const cookie of headers.getSetCookie()) responseHeaders.append('set-cookie', cookie);
    if (!response || isBanned(response.user)) return null;
    const identity = {
      userId: response.user.id,
      role: response.user.role === 'admin' ? ('admin' as const) : ('user' as const),
      isGuest: response.user.isAnonymous === true,
      via: { kind: 'session' as const, sessionId: response.session.id },
    };
    return { identity, expiresAt: response.session.expiresAt };
  }

  /** @param credential tells it from all others. */
  async function known(credential: string, ask: () => Promise<Found | null>): Promise<Identity | null> {
    const before = remembered.get(credential);
    if (before) return before;
    const asked = forgotten;
    const found = await ask();
    if (!found) return null;
    const { identity, expiresAt } = found;
    const ttl = Math.min(REMEMBERED_MS, (expiresAt?.getTime() ?? Infinity) - Date.now());
    if (asked === forgotten && ttl > 0) remembered.set(credential, identity, { ttl });
    return identity;
  }

  function forget(userId: string): void {
    forgotten++;
    for (const [credential, identity] of remembered) {
      if (identity.userId === userId) remembered.delete(credential);
    }
  }

  function forgetAll(): void {
    forgotten++;
    remembered.clear();
  }

  const unlisten = await database.listen(CHANNEL, (userId) => {
    if (userId === '') forgetAll();
    else forget(userId);
  });

  function find(request: RequestInfo, responseHeaders: Headers): Promise<Identity | null> {
    const authorization = request.headers.get('authorization');
    if (authorization === null) {
      const cookie = cookieValue(request.headers.get('cookie') ?? '', sessionCookie);
      if (cookie === undefined) return Promise.resolve(null);
      // What a page finds out must not keep the next call from renewing the session.
      const place = request.withoutCookies === true ? 'page' : 'call';
      return known(`${place} ${cookie}`, () => bySession(request, responseHeaders));
    }
    const key = bearerToken(authorization);
    if (key === undefined) return Promise.resolve(null);
    return known(`key ${key}`, () => byApiKey(hashApiKey(key)));
  }

  return {
    async identify(request, responseHeaders) {
      const identity = await find(request, responseHeaders);
      return identity && { ...identity, request };
    },
    forget,
    forgetAll,
    close: unlisten,
  };
}

/** Returns who sent a request. @throws {AppError} UNAUTHORIZED, after setting WWW-Authenticate. */
export async function requireActor({
  identify,
  request,
  responseHeaders,
}: Pick<Context, 'identify' | 'request' | 'responseHeaders'>): Promise<Actor> {
  const actor = await identify();
  if (actor) return actor;
  responseHeaders.set('www-authenticate', challengeTo(request.headers));
  throw new AppError('UNAUTHORIZED');
}

/** The token in an Authorization header (RFC 6750, section 2.1). */
const bearerToken = (authorization: string) => /^Bearer +(\S+)$/i.exec(authorization)?.[1];

/**
 * The value of WWW-Authenticate (RFC 9110, section 11.6.1) that says how a caller can be known, and where a token was sent,
 * that it was no good (RFC 6750, section 3).
 */
export function challengeTo(headers: Headers): string {
  const token = bearerToken(headers.get('authorization') ?? '');
  return token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}

/** The value of a cookie as it stands in a Cookie header (RFC 6265, section 4.2.1). */
function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
