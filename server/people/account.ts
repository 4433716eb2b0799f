import { and, desc, eq, getTableColumns, gt, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { AuditList, SessionList } from '#contract/protected';
import { invalidInput } from '#layer/index';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { accounts, apiKeys, auditEvents, sessions, users } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Actor } from './actor.ts';
import type { Answers } from './answers.ts';
import { keyColumns } from './api-keys.ts';
import type { Auth } from './auth.ts';
import type { Authenticator } from './authenticator.ts';
import { deleteOwn } from './delete-own.ts';
import { deleteUser, invalidateDeletedUser, userColumns } from './users.ts';

const sessionColumns = {
  id: sessions.id,
  ip: sessions.ipAddress,
  userAgent: sessions.userAgent,
  createdAt: sessions.createdAt,
  expiresAt: sessions.expiresAt,
};

const sessionId = (actor: Actor) => (actor.via.kind === 'session' ? actor.via.sessionId : null);

const Cursor = z.tuple([cursorId]);

/** Lists the sessions of the actor's account that have not expired, newest first. */
export async function listSessions(
  { db }: { db: Db },
  actor: Actor,
  { limit, cursor }: z.output<typeof SessionList>,
) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(sessionColumns)
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, actor.userId),
        gt(sessions.expiresAt, new Date()),
        after && lt(sessions.id, after[0]),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(rows, limit, (row) => [row.id]);
  return { items: items.map((row) => ({ ...row, current: row.id === sessionId(actor) })), nextCursor };
}

/** Ends one session of the actor's account. @throws {AppError} NOT_FOUND */
export function revokeSession(
  deps: { db: Db; authenticator: Authenticator },
  actor: Actor,
  id: string,
): Promise<void> {
  const access = { id: sessions.id, owner: sessions.userId, what: 'session', action: 'session.revoke' };
  return deleteOwn(deps, actor, access, id);
}

/** Returns the caller and their credential. @throws {AppError} NOT_FOUND if the account has just been deleted. */
export async function whoAmI({ db }: { db: Db }, { userId, via }: Actor) {
  const self = eq(users.id, userId);
  if (via.kind === 'api-key') {
    const [found] = await db
      .select({ user: userColumns, apiKey: keyColumns })
      .from(users)
      .leftJoin(apiKeys, and(eq(apiKeys.userId, users.id), eq(apiKeys.id, via.keyId)))
      .where(self);
    if (!found) throw notFound('user');
    return { ...found, session: null };
  }
  const sessionId = via.kind === 'session' ? via.sessionId : null;
  const [found] = await db
    .select({ user: userColumns, session: sessionColumns })
    .from(users)
    .leftJoin(
      sessions,
      and(eq(sessions.userId, users.id), sessionId === null ? sql`false` : eq(sessions.id, sessionId)),
    )
    .where(self);
  if (!found) throw notFound('user');
  const { user, session } = found;
  return { user, session: session && { ...session, current: true }, apiKey: null };
}

const { userId: _userId, ...auditColumns } = getTableColumns(auditEvents);

/** Lists the audit trail of the actor's account, newest first. */
export async function audit({ db }: { db: Db }, actor: Actor, { limit, cursor }: z.output<typeof AuditList>) {
  const after = decodeCursor(Cursor, cursor);
  const rows = await db
    .select(auditColumns)
    .from(auditEvents)
    .where(and(eq(auditEvents.userId, actor.userId), after && lt(auditEvents.id, after[0])))
    .orderBy(desc(auditEvents.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.id]);
}

/**
 * Deletes the actor's account and everything it owns.
 * @throws {AppError} INVALID_INPUT without a password, WRONG_PASSWORD with a wrong one. A guest needs none.
 */
export async function deleteAccount(
  deps: { db: Db; auth: Auth; log: Logger; authenticator: Authenticator; runs: Answers },
  actor: Actor,
  password: string | undefined,
): Promise<void> {
  if (!actor.isGuest) await checkPassword(deps, actor, password);
  invalidateDeletedUser(deps, actor.userId, await deleteUser(deps.db, actor.userId));
  deps.log.info({ userId: actor.userId, requestId: actor.request.id }, 'an account was deleted by its owner');
}

async function checkPassword(
  { db, auth }: { db: Db; auth: Auth },
  actor: Actor,
  password: string | undefined,
): Promise<void> {
  if (password === undefined)
    throw invalidInput([{ pointer: '/password', message: 'is required to delete the account' }]);
  const [account] = await db
    .select({ hash: accounts.password })
    .from(accounts)
    .where(and(eq(accounts.userId, actor.userId), eq(accounts.providerId, 'credential')));
  const { password: hasher } = await auth.$context;
  if (!account?.hash || !(await hasher.verify({ hash: account.hash, password })))
    throw new AppError('WRONG_PASSWORD');
}
