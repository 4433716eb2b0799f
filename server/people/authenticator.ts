import { createHmac, timingSafeEqual } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import { addressKey, type HeaderList, tooMany, WindowCounter } from '#layer/index';
import type { Database } from '#server/db/database';
import { apiKeys, users } from '#server/db/schema/index';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Actor, RequestInfo } from './actor.ts';
import { apiKeyForm, hashApiKey } from './api-key-form.ts';
import type { Auth } from './auth.ts';

const LAST_USED_RESOLUTION_MS = 60_000;
/** How long it is remembered who a credential belongs to: also a lost notification lets nobody in for longer. */
const REMEMBERED_MS = 4_000;
const REMEMBERED_MAX = 10_000;
/** How long it is remembered that a credential does not exist. */
const UNKNOWN_MS = 10_000;
/** The database's triggers tell here whose role, ban, session or key has changed. */
const CHANNEL = 'switchboard_identities';

/** An actor without the request it calls by. */
type Identity = Omit<Actor, 'request'>;

/** Who a credential belongs to, and when that ends by itself. */
interface Found {
  identity: Identity;
  expiresAt: Date | null;
}

/** What is asked about a credential: `null` if it is of no use now, `undefined` if there is no such credential. */
type Asked = Found | null | undefined;

interface Remembered {
  identity: Identity;
  /** On the clock of `Date.now()`. After it the database is asked again. */
  until: number;
}

interface BanState {
  banned?: boolean | null | undefined;
  banExpires?: Date | null | undefined;
}

function isBanned({ banned, banExpires }: BanState): boolean {
  return banned === true && (!banExpires || banExpires > new Date());
}

/** Finds out who sends requests. */
export interface Authenticator {
  /**
   * Who sent a request: by API key when there is an Authorization header, else by session cookie.
   * @param responseHeaders get a renewed session cookie.
   * @returns the actor, or `null` when there is no valid credential.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  authenticate: (request: RequestInfo, responseHeaders: HeaderList) => Promise<Actor | null>;
  /** Has the next call of a user ask the database again; other instances are told by the database. */
  invalidate: (userId: string) => void;
  /** The same for everybody. */
  invalidateAll: () => void;
  /** Calls `listener` when a user is invalidated, here or because the database reported a change; `null` means all users. */
  onInvalidate: (listener: (userId: string | null) => void) => void;
  close: () => Promise<void>;
}

/**
 * Finds out who sends requests, and remembers it for a few seconds, so that a call of somebody known asks the database
 * nothing. What ends a session, a key or an account is heard of by NOTIFY.
 * Guesses ask the database a bounded number of times: cookies and keys of this installation are signed; other keys are asked
 * for `unknownKeyLimit` times a minute and address, unless they were valid lately; and what does not exist is remembered.
 */
export async function createAuthenticator(
  auth: Auth,
  database: Database,
  log: Logger,
  { authSecret, unknownKeyLimit }: { authSecret: string; unknownKeyLimit: number },
): Promise<Authenticator> {
  const { db } = database;
  const { authCookies, secret } = await auth.$context;
  const sessionCookie = authCookies.sessionToken.name;
  const remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_MAX });
  const unknown = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: UNKNOWN_MS });
  const guesses = new WindowCounter(unknownKeyLimit, 60);
  /** Counts invalidations: a result that was requested before one must not be cached after it. */
  let invalidations = 0;
  const listeners: ((userId: string | null) => void)[] = [];

  async function byApiKey(hash: string): Promise<Asked> {
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

  async function bySession(request: RequestInfo, responseHeaders: HeaderList): Promise<Asked> {
    const { response, headers } = await auth.api.getSession({
      headers: request.headers,
      query: { disableRefresh: request.withoutCookies === true },
      returnHeaders: true,
    });
    for (const cookie of headers.getSetCookie()) responseHeaders.append('set-cookie', cookie);
    if (!response) return undefined;
    if (isBanned(response.user)) return null;
    const identity = {
      userId: response.user.id,
      role: response.user.role === 'admin' ? ('admin' as const) : ('user' as const),
      isGuest: response.user.isAnonymous === true,
      via: { kind: 'session' as const, sessionId: response.session.id },
    };
    return { identity, expiresAt: response.session.expiresAt };
  }

  /** Returns who a credential belongs to, if that was asked lately. */
  function recall(credential: string): Identity | undefined {
    const before = remembered.get(credential);
    return before && before.until > Date.now() ? before.identity : undefined;
  }

  /**
   * Asks the database, and remembers the result.
   * @param credential tells it from all others as `recall` gets them.
   * @param id tells it from all others that exist.
   */
  async function find(credential: string, id: string, ask: () => Promise<Asked>): Promise<Asked> {
    const asked = invalidations;
    const found = await ask();
    if (found === undefined) unknown.set(id, true);
    if (!found) {
      remembered.delete(credential);
      return found;
    }
    const { identity, expiresAt } = found;
    const until = Math.min(Date.now() + REMEMBERED_MS, expiresAt?.getTime() ?? Infinity);
    if (asked === invalidations) remembered.set(credential, { identity, until });
    return found;
  }

  async function ofCookie(request: RequestInfo, cookie: string, responseHeaders: HeaderList) {
    // What a page finds out must not keep the next call from renewing the session.
    const credential = `${request.withoutCookies === true ? 'page' : 'call'} ${cookie}`;
    const known = recall(credential);
    if (known) return known;
    const token = signedValue(cookie, secret);
    if (token === null || unknown.has(token)) return null;
    const found = await find(credential, token, () => bySession(request, responseHeaders));
    return found?.identity ?? null;
  }

  /** @throws {AppError} TOO_MANY_REQUESTS if too many keys that do not exist came from the address. */
  async function ofKey({ ip }: RequestInfo, key: string) {
    const credential = `key ${key}`;
    const known = recall(credential);
    if (known) return known;
    const form = apiKeyForm(key, authSecret);
    const hash = hashApiKey(key);
    if (form === null || unknown.has(hash)) return null;
    const mayBeGuess = form === 'plain' && !remembered.has(credential);
    const budget = addressKey(ip);
    if (mayBeGuess) {
      // Counted before it is asked for, because many can be asked for at one moment.
      const { fits, seconds } = guesses.take(budget);
      if (!fits) throw tooMany('API keys that do not exist', seconds);
    }
    const found = await find(credential, hash, () => byApiKey(hash));
    if (mayBeGuess && found !== undefined) guesses.giveBack(budget);
    return found?.identity ?? null;
  }

  function invalidate(userId: string): void {
    invalidations++;
    for (const [credential, { identity }] of remembered) {
      if (identity.userId === userId) remembered.delete(credential);
    }
    for (const listener of listeners) listener(userId);
  }

  function invalidateAll(): void {
    invalidations++;
    remembered.clear();
    unknown.clear();
    for (const listener of listeners) listener(null);
  }

  const unlisten = await database.listen(CHANNEL, (userId) => {
    if (userId === '') invalidateAll();
    else invalidate(userId);
  });

  function identityOf(request: RequestInfo, responseHeaders: HeaderList): Promise<Identity | null> {
    const authorization = request.headers.get('authorization');
    if (authorization === null) {
      const cookie = cookieValue(request.headers.get('cookie') ?? '', sessionCookie);
      return cookie === undefined ? Promise.resolve(null) : ofCookie(request, cookie, responseHeaders);
    }
    const key = bearerToken(authorization);
    return key === undefined ? Promise.resolve(null) : ofKey(request, key);
  }

  return {
    async authenticate(request, responseHeaders) {
      const identity = await identityOf(request, responseHeaders);
      return identity && { ...identity, request };
    },
    invalidate,
    invalidateAll,
    onInvalidate(listener) {
      listeners.push(listener);
    },
    close: unlisten,
  };
}

/** Returns who sent a request. @throws {AppError} UNAUTHORIZED, after setting WWW-Authenticate. */
export async function requireActor({
  authenticate,
  request,
  responseHeaders,
}: {
  authenticate: () => Promise<Actor | null>;
  request: RequestInfo;
  responseHeaders: HeaderList;
}): Promise<Actor> {
  const actor = await authenticate();
  if (actor) return actor;
  responseHeaders.set('www-authenticate', challengeTo(request.headers));
  const detail =
    wrongKey(request.headers) ??
    'No credential was sent. Sign in, or send an API key as "Authorization: Bearer sb_…".';
  throw new AppError('UNAUTHORIZED', { detail });
}

/** Returns what is wrong with the API key of a request that nobody could be found for, if it has one. */
function wrongKey(headers: Headers): string | undefined {
  const authorization = headers.get('authorization');
  if (authorization === null) return undefined;
  return bearerToken(authorization) === undefined
    ? 'The header Authorization must be "Bearer" and an API key, such as Authorization: Bearer sb_….'
    : 'The API key is invalid: it is mistyped, has expired or was revoked. Create a new one in the settings.';
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

/** Returns the value of a cookie as it stands in a Cookie header (RFC 6265, section 4.2.1). */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * Returns what a signed cookie holds, or `null` if its signature is not ours. better-auth signs with HMAC-SHA-256, in base64
 * after the last dot (better-call, context.mjs), and percent-encodes the whole.
 */
function signedValue(cookie: string, secret: string): string | null {
  let text: string;
  try {
    text = decodeURIComponent(cookie.replace(/^"(.*)"$/, '$1'));
  } catch {
    return null;
  }
  const dot = text.lastIndexOf('.');
  if (dot < 1) return null;
  const value = text.slice(0, dot);
  const signature = Buffer.from(text.slice(dot + 1), 'base64');
  const ours = createHmac('sha256', secret).update(value).digest();
  return signature.length === ours.length && timingSafeEqual(signature, ours) ? value : null;
}
