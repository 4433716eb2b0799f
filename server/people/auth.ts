// Without Kysely and the plugins that are not used, which are 500 modules.
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import type { BetterAuthPlugin } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import { admin } from 'better-auth/plugins/admin';
import { anonymous } from 'better-auth/plugins/anonymous';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import * as schema from '#server/db/schema/index';
import type { Env } from '#server/env';
import { plainText } from '#server/log/describe';
import type { Logger } from '#server/log/index';
import { fold } from '#server/search/fold';
import { audit } from './audit.ts';
import { AUTH_PATH, CONSENT_PAGE, publicOrigin } from './oauth/provider.ts';
import { limitConcurrency, type Passwords, scrypt } from './passwords.ts';
import { PRODUCT } from '#contract/product';

const DAY_SECONDS = 24 * 60 * 60;

/** Ends the least recently used sessions of a user beyond `max`. So a sign-in never fails because of the limit. */
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

/** Normalizes a value for storage. better-auth writes an unknown value as '', and a header of any length. */
const stored = (text: string | null | undefined) =>
  text === undefined || text === null || text === '' ? null : text.slice(0, MAX_STORED);

/** Gives the data of a guest to an account. */
type Adopt = (database: Database, guestId: string, userId: string) => Promise<void>;

/** The optional parts of `createAuth`. */
export interface AuthOptions {
  /** Hashes and verifies passwords; by default with scrypt, a few at a time. */
  passwords?: Passwords | undefined;
  /** Further plugins. */
  plugins?: BetterAuthPlugin[];
}

/**
 * Configures better-auth on our tables: email and password, guests, roles and bans.
 * auth-surface.ts serves some of its HTTP endpoints.
 * @param adopt gives the data of a guest to the account that the guest signs up or in to.
 */
export function createAuth(
  env: Env,
  database: Database,
  secret: string,
  log: Logger,
  adopt: Adopt,
  { passwords = limitConcurrency(scrypt), plugins = [] }: AuthOptions = {},
) {
  const origin = publicOrigin(env);
  return betterAuth({
    appName: PRODUCT.name,
    baseURL: origin,
    basePath: AUTH_PATH,
    secret,
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      // A message may repeat the caller's input, or be an error.
      log: (_level, ...messages: unknown[]) => {
        const err = messages.find((message) => message instanceof Error);
        const [text] = messages.map(plainText).filter((plain) => plain !== undefined);
        log.error({ ...(err && { err }), ...(text !== undefined && { text }) }, 'better-auth failed');
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
    // auth-surface.ts limits the attempts.
    rateLimit: { enabled: false },
    advanced: {
      database: { generateId: newId },
      useSecureCookies: origin.startsWith('https:'),
      // The handler already rejects cross-origin requests for every surface.
      disableCSRFCheck: true,
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    // By default, better-auth prints unexpected errors, with the parameters of a failed statement.
    // Errors of an authorization request without a valid client are shown on the page of consents.
    onAPIError: { throw: true, errorURL: origin + CONSENT_PAGE },
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
      ...plugins,
    ],
  });
}

/** The configured better-auth. */
export type Auth = ReturnType<typeof createAuth>;
