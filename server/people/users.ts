import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { User, UserBan, UserCreate, UserList, UserReplace, UserUpdate } from '#contract/users';
import { invalidInput } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { isUniqueViolation } from '#server/db/errors';
import { cursorId, cursorInstant, decodeCursor, encodeCursor, toPage } from '#server/db/paging';
import { accounts, isActive, runs, sessions, users } from '#server/db/schema/index';
import { notifyStop } from '#server/db/stops';
import { AppError, notFound } from '#server/errors';
import { fold } from '#server/search/fold';
import { hasAll, needlesOf } from '#server/search/query';
import { boundsFor, isSlow, pageOf } from '#server/search/walk';
import type { Actor } from './actor.ts';
import type { Answers } from './answers.ts';
import { auditActor } from './audit.ts';
import type { Auth } from './auth.ts';
import type { Authenticator } from './authenticator.ts';
import { isUncommon, TOO_COMMON } from './passwords.ts';

const {
  isAnonymous,
  nameFolded: _n,
  emailVerified: _v,
  banReason: _r,
  banExpires: _e,
  instructions: _i,
  ...shown
} = getTableColumns(users);
/** The columns of a `User` of the contract. */
export const userColumns = { ...shown, isGuest: isAnonymous };

/** Checks that the actor owns the account or is an admin. @throws {AppError} NOT_FOUND */
function requireReach(actor: Actor, id: string): void {
  if (actor.userId !== id && actor.role !== 'admin') throw notFound('user');
}

function emailTaken(error: unknown): never {
  if (!isUniqueViolation(error, 'users_email_key')) throw error;
  throw new AppError('EMAIL_TAKEN', {
    issues: [{ pointer: '/email', message: 'is the email of another account' }],
  });
}

/** Returns one account. @throws {AppError} NOT_FOUND, also for an account that the actor may not see. */
export async function get({ db }: { db: Db }, actor: Actor, id: string): Promise<User> {
  requireReach(actor, id);
  const [user] = await db.select(userColumns).from(users).where(eq(users.id, id));
  if (!user) throw notFound('user');
  return user;
}

const Cursor = z.tuple([cursorInstant, cursorId]);

/**
 * Lists all accounts, newest first. With `search`, lists those whose name and email contain every search term. Such a
 * page ends when it has examined enough accounts, so it can have no items and still have a cursor.
 */
export async function list({ db }: { db: Db }, { limit, cursor, search }: z.output<typeof UserList>) {
  const after = decodeCursor(Cursor, cursor);
  const isOlder = after && sql`(${users.createdAt}, ${users.id}) < (${after[0].toISOString()}, ${after[1]})`;
  const newestFirst = [desc(users.createdAt), desc(users.id)];
  const keyOf = (row: User) => [row.createdAt.toISOString(), row.id];
  if (search === undefined) {
    const rows = await db
      .select(userColumns)
      .from(users)
      .where(isOlder)
      .orderBy(...newestFirst)
      .limit(limit + 1);
    return toPage(rows, limit, keyOf);
  }
  const needles = needlesOf(search);
  if (needles.length === 0) return { items: [], nextCursor: null };
  const { candidates } = boundsFor(needles);
  const isHit = hasAll(sql`coalesce(name_folded, lower(name)) || ' ' || email`, needles);
  const isEdge = sql`(number = ${candidates}::int or ${isSlow(sql`number`)})`;
  const inOrder = sql`order by created_at desc, id desc`;
  const rows = await db
    .select({
      user: userColumns,
      id: users.id,
      hit: sql<boolean>`found.hit`,
      edge: sql<boolean>`found.edge`,
    })
    .from(
      sql`(
        select id, ${isHit} as hit, ${isEdge} as edge from (
          select *, row_number() over (${inOrder}) as number from (
            select * from ${users} ${isOlder ? sql`where ${isOlder}` : sql``} ${inOrder} limit ${candidates}::int
          ) candidate
        ) examined
        where ${isHit} or ${isEdge}
        ${inOrder} limit ${limit + 1}::int
      ) found`,
    )
    .innerJoin(users, eq(users.id, sql`found.id`))
    .orderBy(...newestFirst);
  const { hits, next } = pageOf(rows, limit);
  const last = rows.find(({ id }) => id === next);
  return { items: hits.map(({ user }) => user), nextCursor: last ? encodeCursor(keyOf(last.user)) : null };
}

/** Creates an account with a password. @throws {AppError} EMAIL_TAKEN, INVALID_INPUT for a common password. */
export async function create(
  deps: { db: Db; auth: Auth },
  actor: Actor,
  input: z.output<typeof UserCreate>,
): Promise<User> {
  const { password, ...profile } = input;
  if (!(await isUncommon(password))) throw invalidInput([{ pointer: '/password', message: TOO_COMMON }]);
  const { password: hasher } = await deps.auth.$context;
  const hash = await hasher.hash(password);
  return deps.db
    .transaction(async (tx) => {
      const id = newId();
      const [user] = await tx
        .insert(users)
        .values({ id, ...profile, nameFolded: fold(profile.name) })
        .returning(userColumns);
      if (!user) throw new Error('INSERT returned no row');
      await tx
        .insert(accounts)
        .values({ userId: id, accountId: id, providerId: 'credential', password: hash });
      await auditActor(tx, actor, 'user.create', id, id);
      return user;
    })
    .catch(emailTaken);
}

const KEEPS_EMAIL =
  'An API key or a connected program may not change the email. Send the current one, or sign in and change it in the settings.';

/**
 * Changes a profile. Fields that are `undefined` keep their value. Only a session may send another email, because a
 * stolen key or token must not be enough to take over the account.
 * @throws {AppError} NOT_FOUND, EMAIL_TAKEN, FORBIDDEN for guests and for a change of the email without a session.
 */
export async function update(
  { db }: { db: Db },
  actor: Actor,
  { id, ...profile }: z.output<typeof UserUpdate> | z.output<typeof UserReplace>,
): Promise<User> {
  requireReach(actor, id);
  if (actor.isGuest) throw new AppError('FORBIDDEN', { detail: 'A guest has no profile. Sign up first.' });
  const { email } = profile;
  const keepsEmail = email !== undefined && actor.via.kind !== 'session' ? eq(users.email, email) : undefined;
  return db
    .transaction(async (tx) => {
      const [row] = await tx
        .update(users)
        .set({
          ...profile,
          ...(profile.name !== undefined && { nameFolded: fold(profile.name) }),
          updatedAt: new Date(),
        })
        .where(and(eq(users.id, id), keepsEmail))
        // The subquery reads the row as it was before.
        .returning({
          ...userColumns,
          oldEmail: sql<string>`(select old.email from ${users} old where old.id = ${id})`,
        });
      if (!row && keepsEmail && (await tx.$count(users, eq(users.id, id))) > 0) {
        throw new AppError('FORBIDDEN', {
          detail: `email: ${KEEPS_EMAIL}`,
          issues: [{ pointer: '/email', message: KEEPS_EMAIL }],
        });
      }
      if (!row) throw notFound('user');
      const { oldEmail, ...user } = row;
      await auditActor(tx, actor, 'user.update', id, id);
      if (user.email !== oldEmail) await auditActor(tx, actor, 'user.change-email', id, id);
      return user;
    })
    .catch(emailTaken);
}

/**
 * Deletes another account and everything it owns. Only for admins.
 * @throws {AppError} CONFLICT for the admin's own account, which protected.deleteAccount deletes.
 */
export async function remove(
  deps: { db: Db; authenticator: Authenticator; runs: Answers },
  actor: Actor,
  id: string,
): Promise<void> {
  if (id === actor.userId) {
    throw new AppError('CONFLICT', { detail: 'Delete your own account with protected.deleteAccount.' });
  }
  const runIds = await deps.db.transaction(async (tx) => {
    const ended = await deleteUser(tx, id);
    await auditActor(tx, actor, 'user.delete', id);
    return ended;
  });
  invalidateDeletedUser(deps, id, runIds);
}

/**
 * Deletes an account in one statement, and requests that its answers stop. The account and its credentials are deleted
 * immediately. Its chats and its audit trail are removed later in small batches (server/removal.ts).
 * @returns the ids of its runs, for `invalidateDeletedUser`. @throws {AppError} NOT_FOUND
 */
export async function deleteUser(db: Db, id: string): Promise<string[]> {
  const stopping = db.$with('stopping').as(
    db
      .update(runs)
      .set({ cancelRequestedAt: sql`now()` })
      .where(and(eq(runs.userId, id), isActive(runs)))
      .returning({ id: runs.id, notified: notifyStop.as('notified') }),
  );
  const [deleted] = await db
    .with(stopping)
    .delete(users)
    // Locks the runs before the account, in the same order as the statement that ends a run.
    .where(and(eq(users.id, id), sql`(select count(*) from stopping) >= 0`))
    .returning({ runIds: sql<string[]>`(select coalesce(json_agg(id), '[]') from stopping)` });
  if (!deleted) throw notFound('user');
  return deleted.runIds;
}

/** Ends the cached identities and the answers of a deleted account. @param runIds the result of `deleteUser`. */
export function invalidateDeletedUser(
  { authenticator, runs: answers }: { authenticator: Authenticator; runs: Answers },
  id: string,
  runIds: string[],
): void {
  authenticator.invalidate(id);
  answers.stopHere(runIds);
}

/**
 * Sets the role of an account. Only for admins.
 * @throws {AppError} CONFLICT for the admin's own account, so that an installation cannot lose its last admin.
 */
export async function setRole(
  { db, authenticator }: { db: Db; authenticator: Authenticator },
  actor: Actor,
  id: string,
  role: User['role'],
): Promise<User> {
  if (id === actor.userId) throw new AppError('CONFLICT', { detail: 'Another admin must change your role.' });
  const changed = await db.transaction(async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ role })
      .where(and(eq(users.id, id), eq(users.isAnonymous, false)))
      .returning(userColumns);
    if (!user) throw notFound('user');
    await auditActor(tx, actor, `user.set-role.${role}`, id, id);
    return user;
  });
  authenticator.invalidate(id);
  return changed;
}

/** Sets the daily token quota of an account; `null` resets it to the installation's. Only for admins. */
export async function setQuota(
  { db }: { db: Db },
  actor: Actor,
  id: string,
  dailyTokens: number | null,
): Promise<User> {
  return db.transaction(async (tx) => {
    const [user] = await tx.update(users).set({ dailyTokens }).where(eq(users.id, id)).returning(userColumns);
    if (!user) throw notFound('user');
    await auditActor(tx, actor, 'user.set-quota', id, id);
    return user;
  });
}

/**
 * Bans an account, immediately and on all instances, and stops its answers. Only for admins.
 * @throws {AppError} CONFLICT for the admin's own account.
 */
export async function ban(
  { db, authenticator, runs: answers }: { db: Db; authenticator: Authenticator; runs: Answers },
  actor: Actor,
  input: z.output<typeof UserBan>,
): Promise<User> {
  const { id, reason, expiresAt } = input;
  if (id === actor.userId) throw new AppError('CONFLICT', { detail: 'You cannot ban yourself.' });
  const banned = await db.transaction(async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ banned: true, banReason: reason ?? null, banExpires: expiresAt ?? null })
      .where(eq(users.id, id))
      .returning(userColumns);
    if (!user) throw notFound('user');
    await tx.delete(sessions).where(eq(sessions.userId, id));
    await auditActor(tx, actor, 'user.ban', id, id);
    return user;
  });
  authenticator.invalidate(id);
  await answers.stopAll(id);
  return banned;
}

/** Unbans an account. Only for admins. */
export async function unban({ db }: { db: Db }, actor: Actor, id: string): Promise<User> {
  return db.transaction(async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ banned: false, banReason: null, banExpires: null })
      .where(eq(users.id, id))
      .returning(userColumns);
    if (!user) throw notFound('user');
    await auditActor(tx, actor, 'user.unban', id, id);
    return user;
  });
}
