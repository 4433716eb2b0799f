import { and, eq } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import { addressKey, andThen, type Counters, type Eventual, type HeaderList } from '#layer/index';
import type { Database } from '#server/db/database';
import { apiKeys, oauthConsents, users } from '#server/db/schema/index';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { AuthSecrets } from '#server/secrets/secrets';
import type { Actor, RequestInfo } from './actor.ts';
import { apiKeyForm, hashApiKey, isOwnAccessToken } from './api-key-form.ts';
import { tooManyAttempts } from './attempts.ts';
import type { Auth } from './auth.ts';
import { isBanned } from './bans.ts';
import { ACCESS_TOKEN_PREFIX, RESOURCE_PATH } from './oauth/provider.ts';
import { findToken } from './oauth/tokens.ts';
import { PRODUCT } from '#contract/product';
import { channelName } from '#server/db/names';
import { cookieValue, resignCookies, signedValue } from './signed-cookies.ts';

const LAST_USED_RESOLUTION_MS = 60_000;
/** The time for which an identity is cached, in milliseconds. Even if a notification is lost, access ends within it. */
const CACHE_MS = 4_000;
const CACHE_MAX = 10_000;
/** The time for which it is cached that a credential does not exist, in milliseconds. */
const UNKNOWN_MS = 10_000;
/** The database's triggers send here the user whose role, ban, session or key has changed. */
const CHANNEL = channelName('identities');

/** An actor without the request. */
type Identity = Omit<Actor, 'request'>;

/** The identity of a credential, and its expiry. */
interface Found {
  identity: Identity;
  expiresAt: Date | null;
}

/** The result of a lookup: `null` if the credential exists but is invalid, `undefined` if it does not exist. */
type Lookup = Found | null | undefined;

/** A lookup, and the cookies that the response to each of its callers sets. */
interface Result {
  lookup: Lookup;
  cookies: readonly string[];
}

interface CacheEntry {
  identity: Identity;
  /** On the clock of `Date.now()`. After it, the database is queried again. */
  until: number;
}

/** Authenticates requests. */
export interface Authenticator {
  /**
   * Authenticates a request by API key or access token if it has an Authorization header, otherwise by session cookie.
   * @param responseHeaders receive a renewed session cookie.
   * @returns the actor, or `null` if there is no valid credential.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  authenticate: (request: RequestInfo, responseHeaders: HeaderList) => Eventual<Actor | null>;
  /** Clears the cache of a user, so their next call queries the database. The database notifies other instances. */
  invalidate: (userId: string) => void;
  /** Clears the cache for all users. */
  invalidateAll: () => void;
  /** Calls `listener` when a user is invalidated, here or by a notification of the database. `null` means all users. */
  onInvalidate: (listener: (userId: string | null) => void) => void;
  close: () => Promise<void>;
}

/**
 * Authenticates requests and caches the result for a few seconds, to avoid a query per call. Calls that arrive at the
 * same time share one query. NOTIFY reports the end of a session, a key or an account.
 * Guesses cause a bounded number of queries: cookies and keys of this installation are signed; other keys are queried
 * at most `unknownKeyLimit` times per minute and IP address, unless they were valid recently; and credentials that do
 * not exist are cached.
 */
export async function createAuthenticator(
  auth: Auth,
  database: Database,
  log: Logger,
  {
    authSecrets,
    unknownKeyLimit,
    resource,
    counters,
    isReadOnly,
  }: {
    authSecrets: AuthSecrets;
    unknownKeyLimit: number;
    resource: string;
    counters: Counters;
    /** Returns true while the use of a credential must not be written. */
    isReadOnly: () => boolean;
  },
): Promise<Authenticator> {
  const { db } = database;
  const { authCookies } = await auth.$context;
  const sessionCookie = authCookies.sessionToken.name;
  const cache = new LRUCache<string, CacheEntry>({ max: CACHE_MAX });
  const unknown = new LRUCache<string, true>({ max: CACHE_MAX, ttl: UNKNOWN_MS });
  const guesses = counters.exact({ name: 'unknown keys', limit: unknownKeyLimit, seconds: 60 });
  /** The queries in progress, by credential. An invalidation removes them: no caller joins them, and no result is cached. */
  const queries = new Map<string, Promise<Result>>();
  const listeners: ((userId: string | null) => void)[] = [];

  async function queryApiKey(hash: string): Promise<Lookup> {
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
    if (!row) return undefined;
    if (isBanned(row) || (row.expiresAt && row.expiresAt <= new Date())) return null;
    touch(apiKeys, { ...row, id: row.keyId });
    const { userId, role, isGuest, keyId, scope, expiresAt } = row;
    return { identity: { userId, role, isGuest, via: { kind: 'api-key', keyId, scope } }, expiresAt };
  }

  /** Writes that a credential is used. Nothing waits for it, because a call must not fail because of it. */
  function touch(
    table: typeof apiKeys | typeof oauthConsents,
    { id, userId, lastUsedAt }: { id: string; userId: string; lastUsedAt: Date | null },
  ): void {
    if (isReadOnly()) return;
    if (lastUsedAt && Date.now() - lastUsedAt.getTime() <= LAST_USED_RESOLUTION_MS) return;
    db.update(table)
      .set({ lastUsedAt: new Date() })
      .where(and(eq(table.id, id), eq(table.userId, userId)))
      .catch((err: unknown) => {
        log.warn({ err, id }, 'failed to update the last use of a credential');
      });
  }

  async function queryToken(hash: string): Promise<Lookup> {
    const found = await findToken(db, { hash, resource });
    if (!found) return found;
    const { identity, lastUsedAt } = found;
    touch(oauthConsents, { id: identity.via.consentId, userId: identity.userId, lastUsedAt });
    return found;
  }

  async function querySession(request: RequestInfo): Promise<Result> {
    const sent = new Headers([...request.headers]);
    resignCookies(sent, authSecrets);
    const { response, headers } = await auth.api.getSession({
      headers: sent,
      query: { disableRefresh: request.withoutCookies === true || isReadOnly() },
      returnHeaders: true,
    });
    const cookies = headers.getSetCookie();
    if (!response) return { lookup: undefined, cookies };
    if (isBanned(response.user)) return { lookup: null, cookies };
    const identity = {
      userId: response.user.id,
      role: response.user.role === 'admin' ? ('admin' as const) : ('user' as const),
      isGuest: response.user.isAnonymous === true,
      via: { kind: 'session' as const, sessionId: response.session.id },
    };
    return { lookup: { identity, expiresAt: response.session.expiresAt }, cookies };
  }

  /** Returns the cached identity of a credential, if it is still fresh. */
  function cached(credential: string): Identity | undefined {
    const entry = cache.get(credential);
    return entry && entry.until > Date.now() ? entry.identity : undefined;
  }

  /**
   * Returns the result of the query in progress for a credential, or queries the database and caches the result.
   * @param credential the key in the cache of identities.
   * @param id the key in the cache of credentials that do not exist.
   */
  function find(credential: string, id: string, query: () => Promise<Result>): Promise<Result> {
    const inProgress = queries.get(credential);
    if (inProgress) return inProgress;
    const result = query()
      .then((found) => {
        const { lookup } = found;
        if (lookup === undefined) unknown.set(id, true);
        if (!lookup) cache.delete(credential);
        else if (queries.get(credential) === result) {
          const until = Math.min(Date.now() + CACHE_MS, lookup.expiresAt?.getTime() ?? Infinity);
          cache.set(credential, { identity: lookup.identity, until });
        }
        return found;
      })
      .finally(() => {
        if (queries.get(credential) === result) queries.delete(credential);
      });
    queries.set(credential, result);
    return result;
  }

  function byCookie(
    request: RequestInfo,
    cookie: string,
    responseHeaders: HeaderList,
  ): Eventual<Identity | null> {
    // Cached separately for pages, because a page must not keep the next call from renewing the session.
    const credential = `${request.withoutCookies === true ? 'page' : 'call'} ${cookie}`;
    const known = cached(credential);
    if (known) return known;
    const token = signedValue(cookie, authSecrets);
    if (token === null || unknown.has(token)) return null;
    return find(credential, token, () => querySession(request)).then(({ lookup, cookies }) => {
      for (const cookie of cookies) responseHeaders.append('set-cookie', cookie);
      return lookup?.identity ?? null;
    });
  }

  function byToken(token: string): Eventual<Identity | null> {
    const credential = `token ${token}`;
    const known = cached(credential);
    if (known) return known;
    if (!isOwnAccessToken(token, authSecrets)) return null;
    const hash = hashApiKey(token);
    if (unknown.has(hash)) return null;
    return find(credential, hash, async () => ({ lookup: await queryToken(hash), cookies: [] })).then(
      ({ lookup }) => lookup?.identity ?? null,
    );
  }

  function byKey({ ip }: RequestInfo, key: string): Eventual<Identity | null> {
    const credential = `key ${key}`;
    return cached(credential) ?? findKey(credential, key, ip);
  }

  /** @throws {AppError} TOO_MANY_REQUESTS if the IP address has sent too many keys that do not exist. */
  async function findKey(credential: string, key: string, ip: string | null): Promise<Identity | null> {
    const form = apiKeyForm(key, authSecrets);
    const hash = hashApiKey(key);
    if (form === null || unknown.has(hash)) return null;
    const mayBeGuess = form === 'plain' && !cache.has(credential);
    const budget = addressKey(ip);
    if (mayBeGuess) {
      // Counted before the query, because many queries can run at the same time.
      const { fits, seconds } = await guesses.take(budget);
      if (!fits) throw tooManyAttempts('API keys that do not exist', seconds);
    }
    const { lookup } = await find(credential, hash, async () => ({
      lookup: await queryApiKey(hash),
      cookies: [],
    }));
    if (mayBeGuess && lookup !== undefined) await guesses.giveBack(budget);
    return lookup?.identity ?? null;
  }

  function invalidate(userId: string): void {
    queries.clear();
    for (const [credential, { identity }] of cache) {
      if (identity.userId === userId) cache.delete(credential);
    }
    for (const listener of listeners) listener(userId);
  }

  function invalidateAll(): void {
    queries.clear();
    cache.clear();
    unknown.clear();
    for (const listener of listeners) listener(null);
  }

  const unlisten = await database.listen(CHANNEL, (userId) => {
    if (userId === '') invalidateAll();
    else invalidate(userId);
  });

  function identityOf(request: RequestInfo, responseHeaders: HeaderList): Eventual<Identity | null> {
    const authorization = request.headers.get('authorization');
    if (authorization === null) {
      const cookie = cookieValue(request.headers.get('cookie') ?? '', sessionCookie);
      return cookie === undefined ? null : byCookie(request, cookie, responseHeaders);
    }
    const key = bearerToken(authorization);
    if (key === undefined) return null;
    if (!key.startsWith(ACCESS_TOKEN_PREFIX)) return byKey(request, key);
    return request.acceptsTokens === true ? byToken(key.slice(ACCESS_TOKEN_PREFIX.length)) : null;
  }

  return {
    authenticate: (request, responseHeaders) =>
      andThen(identityOf(request, responseHeaders), (identity) => identity && { ...identity, request }),
    invalidate,
    invalidateAll,
    onInvalidate(listener) {
      listeners.push(listener);
    },
    close: unlisten,
  };
}

/**
 * Returns the actor of a request.
 * @param challenge returns further parameters of WWW-Authenticate, if they are needed.
 * @throws {AppError} UNAUTHORIZED, after setting WWW-Authenticate.
 */
export function requireActor(
  {
    authenticate,
    request,
    responseHeaders,
  }: {
    authenticate: () => Eventual<Actor | null>;
    request: RequestInfo;
    responseHeaders: HeaderList;
  },
  challenge: () => Record<string, string> = () => ({}),
): Eventual<Actor> {
  return andThen(authenticate(), (actor) => {
    if (actor) return actor;
    responseHeaders.set('www-authenticate', challengeTo({ ...errorOf(request.headers), ...challenge() }));
    const detail =
      problemOfKey(request.headers) ??
      `No credential was sent. Sign in, or send an API key as "Authorization: Bearer ${PRODUCT.keyPrefix}…".`;
    throw new AppError('UNAUTHORIZED', { detail });
  });
}

const PROBLEM_OF_TOKEN = `The access token has expired or was revoked, or it is used elsewhere than at ${RESOURCE_PATH}.`;

/** Returns the problem with the Authorization header of a request that could not be authenticated, if it has one. */
function problemOfKey(headers: Pick<Headers, 'get'>): string | undefined {
  const authorization = headers.get('authorization');
  if (authorization === null) return undefined;
  const token = bearerToken(authorization);
  if (token?.startsWith(ACCESS_TOKEN_PREFIX)) return PROBLEM_OF_TOKEN;
  return token === undefined
    ? `The header Authorization must be "Bearer" and an API key, such as Authorization: Bearer ${PRODUCT.keyPrefix}….`
    : 'The API key is invalid: it is mistyped, has expired or was revoked. Create a new one in the settings.';
}

/** Returns the token in an Authorization header (RFC 6750, section 2.1). */
const bearerToken = (authorization: string) => /^Bearer +(\S+)$/i.exec(authorization)?.[1];

/** Returns the parameters of a challenge that say that the token of a request is not valid (RFC 6750, section 3). */
export function errorOf(headers: Pick<Headers, 'get'>): Record<string, string> {
  const token = bearerToken(headers.get('authorization') ?? '');
  return token === undefined ? {} : { error: 'invalid_token' };
}

/** Returns the value of WWW-Authenticate (RFC 9110, section 11.6.1): the scheme and its parameters. */
export function challengeTo(parameters: Record<string, string>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return pairs.length > 0 ? `Bearer ${pairs.join(', ')}` : 'Bearer';
}
