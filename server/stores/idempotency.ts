import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { and, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Claim } from '#layer/index';
import type { Database, Db } from '#server/db/database';
import { leaseEnd, RENEW_MS } from '#server/db/lease';
import { idempotencyKeys } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, limitReached } from '#server/errors';
import { MAX_DURATION_SECONDS } from '#server/limits';
import type { Logger } from '#server/log/index';
import type { Actor } from '#server/people/actor';
import { decrypt, encrypt } from '#server/vault/cipher';
import type { Secrets } from '#server/vault/secrets';

const RETRY_PAUSE_MS = 500;

/** Whether a key is older than 24 hours: the next use of one is a first one. */
export const expired = lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`);

const StoredAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  text: z.string().nullable(),
  /** Set when there was a body that is not kept: a stream, or one of more than MAX_KEPT_BYTES. */
  isWithoutBody: z.literal(true).exactOptional(),
});

/**
 * By what right a call is made. Another credential has other rights, and so has the same one after a change of the role or
 * the scope, so it does not get to see an answer that was given before.
 */
const credentialOf = ({ via, role, isGuest }: Actor) =>
  [via.kind === 'api-key' ? `${via.keyId} ${via.scope}` : 'session', role, isGuest ? 'guest' : '']
    .join(' ')
    .trim();

/** What of a context keys are claimed with. */
interface ClaimContext {
  authenticate: () => Promise<Actor | null>;
  deps: { env: Env; database: Database; db: Db; secrets: Secrets; log: Logger };
}

/**
 * Claims an idempotency key of the caller for one call. Of equal calls at one moment, on whatever instance, one gets
 * it. When its process is gone, the next call has it after 15 seconds.
 * @param fingerprint what is asked, as a hash.
 * @returns `null` for a caller who is not known: keys belong to accounts.
 * @throws {AppError} IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_USE, LIMIT_REACHED
 */
export async function claimKey(
  context: ClaimContext,
  key: string,
  fingerprint: string,
): Promise<Claim | null> {
  const actor = await context.authenticate();
  if (!actor) return null;
  const { deps } = context;
  const max = deps.env.MAX_IDEMPOTENCY_KEYS;
  const call = { userId: actor.userId, key, fingerprint: `${credentialOf(actor)}.${fingerprint}` };
  // A key can become free between the two statements, but hardly twice in a row.
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
    const answer = decrypt(deps.secrets.encryptionKey, known.answer, boundTo(call));
    return { replay: StoredAnswer.parse(JSON.parse(answer)) };
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

const boundTo = ({ userId, key }: Call) => `idempotency:${userId}:${key}`;

/** How many keys the caller has used. */
const count = (db: Db, { userId }: Call) => db.$count(idempotencyKeys, eq(idempotencyKeys.userId, userId));

/** @returns whether this attempt has the key now; not, if it is a new one and the caller has `max`. */
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

/** Holds the lease until the attempt has ended, for as long as a call may take. */
function work({ db, log, secrets }: { db: Db; log: Logger; secrets: Secrets }, attempt: Attempt): Claim {
  const mine = and(
    eq(idempotencyKeys.userId, attempt.userId),
    eq(idempotencyKeys.key, attempt.key),
    eq(idempotencyKeys.attemptId, attempt.attemptId),
  );
  const giveUpAt = Date.now() + MAX_DURATION_SECONDS * 1000;
  const heart = setInterval(() => {
    if (Date.now() > giveUpAt) clearInterval(heart);
    db.update(idempotencyKeys)
      .set({ leaseExpiresAt: leaseEnd })
      .where(mine)
      .catch((err: unknown) => {
        log.warn({ err }, 'the lease of an idempotency key was not renewed; it is tried again');
      });
  }, RENEW_MS);
  heart.unref();

  /** The call is done whether or not that can be written down now: its caller has the answer, and we go on trying. */
  async function end(write: () => PromiseLike<unknown>): Promise<void> {
    try {
      await write();
      clearInterval(heart);
    } catch (err) {
      log.warn({ err }, 'the end of a call with an idempotency key was not written; it is tried again');
      void retry(write);
    }
  }
  async function retry(write: () => PromiseLike<unknown>): Promise<void> {
    let done = false;
    while (!done && Date.now() < giveUpAt) {
      await pause(RETRY_PAUSE_MS, undefined, { ref: false });
      done = await Promise.resolve(write()).then(
        () => true,
        () => false,
      );
    }
    clearInterval(heart);
  }

  return {
    replay: null,
    keep: (answer) =>
      end(() => {
        const sealed = encrypt(secrets.encryptionKey, JSON.stringify(answer), boundTo(attempt));
        return db.update(idempotencyKeys).set({ answer: sealed }).where(mine);
      }),
    release: () => end(() => db.delete(idempotencyKeys).where(mine)),
  };
}
