import { createHmac, timingSafeEqual } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { invalidInput, isLoopbackHost } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { installation, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, notFound } from '#server/errors';
import type { NonEmpty } from '#server/settings/secrets';
import type { AuthSecrets } from '#server/secrets/secrets';
import type { Actor, RequestInfo } from './actor.ts';
import { audit } from './audit.ts';

/** The fact that this installation has had a first admin. Its value is the id of that account. */
const CLAIMED = 'first-account';
const ID = 'id';
/** Crockford's Base32: it has no letters that look like another character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 20;
/** The minimum time between two prints of the code, in milliseconds. */
const QUIET_MS = 10 * 60_000;

type Settings = Pick<Env, 'ADMIN_EMAIL' | 'APP_URL' | 'TRUST_PROXY'>;
type Trail = Omit<Parameters<typeof audit>[1], 'userId' | 'actorId' | 'action'>;

export interface AdminClaimOptions {
  settings: Settings;
  authSecrets: AuthSecrets;
  /** Writes a line to the server's console at any log level. */
  print: (line: string) => void;
}

/** Decides who becomes the first admin of an installation, which happens once. */
export interface AdminClaim {
  /** Prints the code if it will be needed, because the settings say that people do not sign up on this machine. */
  announce: () => Promise<void>;
  /**
   * Makes a new account the admin if it is the first one and was created on this machine. Otherwise prints the code if
   * the account needs it. Returns true if the account is the admin now.
   */
  afterSignUp: (user: { id: string; email: string }, request: RequestInfo) => Promise<boolean>;
  /** Returns true if the account may become the admin with the code. */
  isOpenTo: (userId: string) => Promise<boolean>;
  /**
   * Makes the actor the admin.
   * @throws {AppError} CONFLICT if there has been an admin, FORBIDDEN if ADMIN_EMAIL names another account,
   * INVALID_INPUT if the code is wrong.
   */
  claim: (actor: Actor, code: string) => Promise<void>;
}

/**
 * Makes an account an admin, writes it to the audit trail, and takes the claim if it is not taken yet.
 * @param isFirst true if the account may only become the first admin.
 * @returns false if `isFirst` and the claim was already taken.
 * @throws {AppError} NOT_FOUND if there is no such account, or if it is a guest.
 */
export function makeAdmin(db: Db, userId: string, isFirst: boolean, trail: Trail): Promise<boolean> {
  return db.transaction(async (tx) => {
    const taken = await tx
      .insert(installation)
      .values({ fact: CLAIMED, value: userId })
      .onConflictDoNothing()
      .returning({ fact: installation.fact });
    if (isFirst && taken.length === 0) return false;
    const changed = await tx
      .update(users)
      .set({ role: 'admin' })
      .where(and(eq(users.id, userId), eq(users.isAnonymous, false)))
      .returning({ id: users.id });
    if (changed.length === 0) throw notFound('user');
    await audit(tx, { userId, actorId: userId, action: 'user.set-role.admin', ...trail });
    return true;
  });
}

/** Returns the code of an installation: 100 bits, the same on every instance, not guessable without AUTH_SECRET. */
function codeOf(installationId: string, authSecret: string): string {
  const bytes = createHmac('sha256', authSecret).update(`first admin of ${installationId}`).digest();
  return Array.from(bytes.subarray(0, CODE_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Normalizes a code that a person typed. */
const normalizeCode = (text: string) =>
  text
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
    .replace(/[^\dA-Z]/g, '');

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function createAdminClaim(
  { db }: Pick<Database, 'db'>,
  { settings, authSecrets, print }: AdminClaimOptions,
): AdminClaim {
  const adminEmail = settings.ADMIN_EMAIL?.toLowerCase();
  const isPublic =
    settings.TRUST_PROXY !== false ||
    (settings.APP_URL !== undefined && !isLoopbackHost(new URL(settings.APP_URL).host));
  /** Cached, because a claim that is taken stays taken. */
  let isClaimed = false;
  /** The code of each secret, newest first. The first one is printed, and each of them is accepted. */
  let codes: NonEmpty<string> | undefined;
  let quietUntil = 0;

  const valueOf = async (fact: string) =>
    (await db.select({ value: installation.value }).from(installation).where(eq(installation.fact, fact)))[0]
      ?.value;

  async function wasClaimed(): Promise<boolean> {
    isClaimed ||= (await valueOf(CLAIMED)) !== undefined;
    return isClaimed;
  }

  async function ownCodes(): Promise<NonEmpty<string>> {
    if (codes !== undefined) return codes;
    await db.insert(installation).values({ fact: ID, value: newId() }).onConflictDoNothing();
    const id = await valueOf(ID);
    if (id === undefined) throw new Error('The installation has no id.');
    const [newest, ...older] = authSecrets;
    return (codes = [codeOf(id, newest), ...older.map((secret) => codeOf(id, secret))]);
  }

  async function printCode(): Promise<void> {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + QUIET_MS;
    const [code] = await ownCodes();
    const shown = code.match(/.{5}/g)?.join('-') ?? '';
    const who = settings.ADMIN_EMAIL === undefined ? 'an account' : `the account ${settings.ADMIN_EMAIL}`;
    print(
      `This installation has no administrator yet. To make ${who} one, sign up and enter this code in its settings: ${shown}`,
    );
  }

  const isAllowed = (email: string) => adminEmail === undefined || email === adminEmail;

  /** Returns true if the account is not a guest, and ADMIN_EMAIL does not name another one. */
  async function isEligible(userId: string): Promise<boolean> {
    const [user] = await db
      .select({ email: users.email })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.isAnonymous, false)));
    return user !== undefined && isAllowed(user.email);
  }

  return {
    async announce() {
      if ((isPublic || adminEmail !== undefined) && !(await wasClaimed())) await printCode();
    },

    async afterSignUp({ id, email }, { isLocal = () => false, ip, userAgent, id: requestId }) {
      if (!isAllowed(email.toLowerCase()) || (await wasClaimed())) return false;
      if (isPublic || adminEmail !== undefined || !isLocal()) {
        await printCode();
        return false;
      }
      const isAdmin = await makeAdmin(db, id, true, { via: 'sign-in', target: id, ip, userAgent, requestId });
      isClaimed = true;
      return isAdmin;
    },

    async isOpenTo(userId) {
      return !(await wasClaimed()) && (await isEligible(userId));
    },

    async claim({ userId, via, request: { id: requestId, ip, userAgent } }, enteredCode) {
      const conflict = new AppError('CONFLICT', {
        detail: 'This installation already has an administrator.',
      });
      if (await wasClaimed()) throw conflict;
      if (!(await isEligible(userId))) {
        throw new AppError('FORBIDDEN', {
          detail: 'ADMIN_EMAIL names another account. Sign in to that account, or change the setting.',
        });
      }
      const entered = normalizeCode(enteredCode);
      if (!(await ownCodes()).some((code) => isSame(entered, code))) {
        await printCode();
        throw invalidInput([
          { pointer: '/code', message: 'does not match the code on the server’s console' },
        ]);
      }
      const isFirst = await makeAdmin(db, userId, true, {
        via: via.kind,
        target: userId,
        ip,
        userAgent,
        requestId,
      });
      isClaimed = true;
      if (!isFirst) throw conflict;
    },
  };
}
