import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { admin, anonymous } from 'better-auth/plugins';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { audit } from '#server/audit';
import { moveUsage } from '#server/chat/usage';
import type { Database } from '#server/db/client';
import { newId } from '#server/db/columns';
import * as schema from '#server/db/schema';
import type { Env } from '#server/env';
import type { Logger } from '#server/log';
import { plainText } from '#server/log/describe';
import { fold } from '#server/search/fold';
import { fewAtOnce, type Passwords, scrypt } from '#server/passwords';

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Gives a guest's chats, and the tokens the guest used, to the account the guest signed up or in to. Ids that their client
 * chose are unique for one owner only: where the account has used the same, the guest's give way. The work is bounded by MAX_GUEST_CHATS and
 * AI_ANSWERS_PER_USER, because messages belong to their chat and are left as they are.
 */
async function adoptChats(database: Database, guestId: string, userId: string) {
  const { adoptions, chats, runs } = schema;
  const otherChats = alias(chats, 'other_chats');
  await database.db.transaction(async (tx) => {
    const taken = tx
      .select({ id: otherChats.id })
      .from(otherChats)
      .where(and(eq(otherChats.userId, userId), eq(otherChats.clientId, chats.clientId)));
    const adopted = await tx
      .update(chats)
      .set({ userId, clientId: sql`case when exists ${taken} then null else ${chats.clientId} end` })
      .where(eq(chats.userId, guestId))
      .returning({ id: chats.id });
    // Later than the chats: a call that has begun to write a run has its chat locked. With a run goes what it reserves.
    await tx
      .update(runs)
      .set({ userId })
      .where(and(eq(runs.userId, guestId), schema.isActive(runs)));
    // Later than the runs: one that has ended meanwhile has added to them.
    await tx.execute(moveUsage(guestId, userId));
    if (adopted.length > 0) await tx.insert(adoptions).values({ guestId, userId });
  });
}

/** Ends the sessions of a user that were used longest ago, so that `max` are left: signing in always works. */
async function endOldestSessions({ db }: Database, userId: string, max: number) {
  const { sessions } = schema;
  const surplus = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.updatedAt), desc(sessions.id))
    .offset(max);
  await db.delete(sessions).where(and(eq(sessions.userId, userId), inArray(sessions.id, surplus)));
}

/** The longest text of a header that is stored, in characters. */
const MAX_STORED = 500;

/** better-auth writes what it does not know as an empty text, and a header however long it is. */
const stored = (text: string | null | undefined) =>
  text === undefined || text === null || text === '' ? null : text.slice(0, MAX_STORED);

/**
 * better-auth over our tables: e-mail and password, guests, roles and bans.
 * Its own HTTP endpoints are mounted by surfaces/auth.ts, which lets only some of them through.
 * @param passwords how passwords are hashed; by default by scrypt, a few at once.
 */
export function createAuth(
  env: Env,
  database: Database,
  secret: string,
  log: Logger,
  passwords: Passwords = fewAtOnce(scrypt),
) {
  const origin = env.APP_URL ?? `http://localhost:${env.PORT}`;
  return betterAuth({
    appName: 'Switchboard',
    baseURL: origin,
    basePath: '/api/auth',
    secret,
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      // Messages may repeat what was sent, or be an error.
      log: (_level, ...said: unknown[]) => {
        const err = said.find((each) => each instanceof Error);
        const [words] = said.map(plainText).filter((text) => text !== undefined);
        log.error({ ...(err && { err }), ...(words !== undefined && { words }) }, 'better-auth failed');
      },
    },
    database: drizzleAdapter(database.db, { provider: 'pg', schema, usePlural: true, transaction: true }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: passwords,
    },
    user: {
      additionalFields: { nameFolded: { type: 'string', required: false, input: false, returned: false } },
    },
    session: { expiresIn: 30 * DAY_SECONDS, updateAge: DAY_SECONDS },
    // surfaces/auth.ts limits the attempts.
    rateLimit: { enabled: false },
    advanced: {
      database: { generateId: newId },
      useSecureCookies: origin.startsWith('https:'),
      // The handler rejects cross-origin requests for every surface before they come here.
      disableCSRFCheck: true,
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    // Otherwise what is no response of its own is printed, with the parameters of a statement that failed.
    onAPIError: { throw: true },
    databaseHooks: {
      user: {
        create: {
          before: ({ name }) => Promise.resolve({ data: { nameFolded: fold(name) } }),
        },
        update: {
          before: ({ name }) =>
            Promise.resolve({ data: name === undefined ? {} : { nameFolded: fold(name) } }),
        },
      },
      session: {
        create: {
          before: ({ ipAddress, userAgent }) =>
            Promise.resolve({ data: { ipAddress: stored(ipAddress), userAgent: stored(userAgent) } }),
          after: async (session) => {
            await audit(database.db, {
              userId: session.userId,
              actorId: session.userId,
              via: 'sign-in',
              action: 'session.create',
              target: session.id,
              ip: session.ipAddress ?? null,
              userAgent: session.userAgent ?? null,
            });
            await endOldestSessions(database, session.userId, env.MAX_SESSIONS);
          },
        },
      },
    },
    plugins: [
      admin(),
      anonymous({
        emailDomainName: 'guest.invalid',
        generateName: () => 'Guest',
        onLinkAccount: ({ anonymousUser, newUser }) =>
          adoptChats(database, anonymousUser.user.id, newUser.user.id),
      }),
    ],
  });
}

/** better-auth, configured. */
export type Auth = ReturnType<typeof createAuth>;
