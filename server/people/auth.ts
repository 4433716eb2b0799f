import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { admin, anonymous } from 'better-auth/plugins';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import * as schema from '#server/db/schema/index';
import type { Env } from '#server/env';
import { plainText } from '#server/log/describe';
import type { Logger } from '#server/log/index';
import { fold } from '#server/search/fold';
import { adopt } from './adoption.ts';
import { audit } from './audit.ts';
import { fewAtOnce, type Passwords, scrypt } from './passwords.ts';

const DAY_SECONDS = 24 * 60 * 60;

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
          adopt(database, anonymousUser.user.id, newUser.user.id),
      }),
    ],
  });
}

/** better-auth, configured. */
export type Auth = ReturnType<typeof createAuth>;
