import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { and, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Claim, Eventual, IdempotencyStore, KeyedRequest } from '#layer/index';
import type { Database, Db } from '#server/db/database';
import { leaseEnd, RENEW_MS } from '#server/db/lease';
import { idempotencyKeys } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, limitReached } from '#server/errors';
import { MAX_DURATION_SECONDS } from '#server/limits';
import type { Logger } from '#server/log/index';
import type { Actor, Credential } from '#server/people/actor';
import { decrypt, encrypt } from '#server/secrets/cipher';
import type { Secrets } from '#server/secrets/secrets';

const RETRY_PAUSE_MS = 500;

/** A condition: a key is older than 24 hours. Such a key can be used again. */
export const expired = lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`);

const StoredResponse = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  text: z.string().nullable(),
  /** Set if the body was not stored, because it is a stream or larger than MAX_KEPT_BYTES. */
  isWithoutBody: z.literal(true).exactOptional(),
});

/** The part of a context that identifies the caller. */
interface Caller {
  authenticate: () => Eventual<Actor | null>;
}

/** Returns the account that keys belong to; `null` for an unauthenticated caller. */
export const scopeOf = async ({ authenticate }: Caller): Promise<string | null> =>
  (await authenticate())?.userId ?? null;

/**
 * Returns the credential and permissions of a call. Another credential has other permissions, and so has the same one
 * after a change of its role or scope. So it must not get a response that was created before.
 */
export async function credentialOf({ authenticate }: Caller): Promise<string> {
  const actor = await authenticate();
  if (!actor) return '';
  const { via, role, isGuest } = actor;
  return [permissionsOf(via), role, isGuest ? 'guest' : ''].join(' ').trim();
}

function permissionsOf(via: Credential): string {
  switch (via.kind) {
    case 'session':
      return 'session';
    case 'api-key':
      return `${via.keyId} ${via.scope}`;
    case 'oauth':
      return `${via.consentId} ${via.scopes.join(' ')}`;
  }
}

/** The parts of the application that the store needs. */
interface StoreDeps {
  env: Env;
  database: Database;
  db: Db;
  secrets: Secrets;
  log: Logger;
}

/**
 * Creates the store of idempotency keys, whose scopes are accounts. Exactly one of several identical, simultaneous calls
 * gets a key, on any instance. If its process dies, the next call gets the key after 15 seconds.
 */
export const createIdempotencyStore = (deps: StoreDeps): IdempotencyStore => ({
  claim: (request) => claim(deps, request),
});

/** @throws {AppError} IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_USE, LIMIT_REACHED */
async function claim(deps: StoreDeps, { scope: userId, key, fingerprint }: KeyedRequest): Promise<Claim> {
  const max = deps.env.MAX_IDEMPOTENCY_KEYS;
  const call = { userId, key, fingerprint };
  // A key can become free between the two statements, but is unlikely to do so twice in a row.
  for (let attempt = 0; attempt < 3; attempt++) {
    const attemptId = randomUUID();
    if (await take(deps.database, { ...call, attemptId }, max)) return work(deps, { ...call, attemptId });
    const known = await find(deps.db, call);
    if (!known) {
      if ((await count(deps.db, call)) < max) continue;
      throw limitReached(`You used ${max} Idempotency-Keys within 24 hours, which is the limit.`);
    }
    if (known.fingerprint !== call.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (known.answer === null) break;
    const response = decrypt(deps.secrets.encryptionKeys, known.answer, boundTo(call));
    return { replay: StoredResponse.parse(JSON.parse(response)) };
  }
  throw new AppError('IDEMPOTENCY_KEY_IN_USE', { retryAfter: 1 });
}

interface Call {
  userId: string;
  key: string;
  fingerprint: string;
}
interface Attempt extends Call {
  attemptId: string;
}

/** Returns what the stored response of a key is bound to. */
export const boundTo = ({ userId, key }: Pick<Call, 'userId' | 'key'>): string =>
  `idempotency:${userId}:${key}`;

/** Returns how many keys the caller has used. */
const count = (db: Db, { userId }: Call) => db.$count(idempotencyKeys, eq(idempotencyKeys.userId, userId));

/** @returns true if this attempt has the key now; false also if the key is new and the caller already has `max`. */
async function take({ db, execute }: Database, attempt: Attempt, max: number): Promise<boolean> {
  const { userId, key, fingerprint, attemptId } = attempt;
  const isFree = sql`(${idempotencyKeys.answer} is null and ${idempotencyKeys.leaseExpiresAt} < now()
    and ${idempotencyKeys.fingerprint} = ${fingerprint})`;
  const own = db.$count(idempotencyKeys, eq(idempotencyKeys.userId, userId));
  const taken = await execute(sql`
    insert into ${idempotencyKeys} (user_id, key, fingerprint, attempt_id, lease_expires_at)
    select ${userId}, ${key}, ${fingerprint}, ${attemptId}, ${leaseEnd}
    where ${own} < ${max}::int
      or exists (select from ${idempotencyKeys} where ${idempotencyKeys.userId} = ${userId} and ${idempotencyKeys.key} = ${key})
    on conflict (user_id, key) do update set
      fingerprint = excluded.fingerprint, attempt_id = excluded.attempt_id, lease_expires_at = excluded.lease_expires_at,
      answer = null, created_at = now()
    where ${expired} or ${isFree}
    returning key`);
  return taken.length > 0;
}

async function find(db: Db, { userId, key }: Call) {
  const [row] = await db
    .select({ fingerprint: idempotencyKeys.fingerprint, answer: idempotencyKeys.answer })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key)));
  return row;
}

/** Holds the lease until the attempt has ended, at most for the maximum duration of a call. */
function work({ db, log, secrets }: { db: Db; log: Logger; secrets: Secrets }, attempt: Attempt): Claim {
  const mine = and(
    eq(idempotencyKeys.userId, attempt.userId),
    eq(idempotencyKeys.key, attempt.key),
    eq(idempotencyKeys.attemptId, attempt.attemptId),
  );
  const deadline = Date.now() + MAX_DURATION_SECONDS * 1000;
  const heartbeat = setInterval(() => {
    if (Date.now() > deadline) clearInterval(heartbeat);
    db.update(idempotencyKeys)
      .set({ leaseExpiresAt: leaseEnd })
      .where(mine)
      .catch((err: unknown) => {
        log.warn({ err }, 'renewing the lease of an idempotency key failed, retrying');
      });
  }, RENEW_MS);
  heartbeat.unref();

  /** Writes the end of the call. If that fails, the caller still gets its response, and writing is retried. */
  async function end(write: () => PromiseLike<unknown>): Promise<void> {
    try {
      await write();
      clearInterval(heartbeat);
    } catch (err) {
      log.warn({ err }, 'writing the end of a call with an idempotency key failed, retrying');
      void retry(write);
    }
  }
  async function retry(write: () => PromiseLike<unknown>): Promise<void> {
    let done = false;
    while (!done && Date.now() < deadline) {
      await pause(RETRY_PAUSE_MS, undefined, { ref: false });
      done = await Promise.resolve(write()).then(
        () => true,
        () => false,
      );
    }
    clearInterval(heartbeat);
  }

  return {
    replay: null,
    keep: (response) =>
      end(() => {
        const sealed = encrypt(secrets.encryptionKeys, JSON.stringify(response), boundTo(attempt));
        return db.update(idempotencyKeys).set({ answer: sealed }).where(mine);
      }),
    release: () => end(() => db.delete(idempotencyKeys).where(mine)),
  };
}
