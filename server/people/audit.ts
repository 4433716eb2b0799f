import { eq, sql } from 'drizzle-orm';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { auditEvents, users } from '#server/db/schema/index';
import type { Actor, RequestInfo } from './actor.ts';

/** One line of an account's audit trail. */
type AuditEvent = typeof auditEvents.$inferInsert;

/** Writes a line. Pass the transaction of the change as `db`, so that neither is stored without the other. */
export async function audit(db: Db, event: AuditEvent): Promise<void> {
  await db.insert(auditEvents).values(event);
}

/**
 * Writes an action of `actor` to the trail of an account.
 * @param action `noun.verb`, such as `api-key.create`.
 * @param target the id of the changed resource.
 * @param userId the owner of the account; by default the actor.
 */
export function auditActor(db: Db, actor: Actor, action: string, target?: string, userId = actor.userId) {
  const { id: requestId, ip, userAgent } = actor.request;
  return audit(db, {
    userId,
    actorId: actor.userId,
    via: actor.via.kind,
    client: actor.via.kind === 'oauth' ? actor.via.clientName : null,
    action,
    target: target ?? null,
    requestId,
    ip,
    userAgent,
  });
}

/**
 * Counts a failed sign-in in the trail of the account with that email: one line per IP address and hour.
 * @returns false if no account has the email; then nothing is written.
 */
export async function auditFailedSignIn(
  database: Pick<Database, 'execute'>,
  email: string,
  { id: requestId, ip, userAgent }: RequestInfo,
): Promise<boolean> {
  const counted = await database.execute(sql`
    insert into ${auditEvents} (id, user_id, actor_id, via, action, ip, user_agent, request_id)
    select ${newId()}, id, id, 'sign-in', 'sign-in.fail', ${ip}, ${userAgent}, ${requestId}
    from ${users} where email = ${email.toLowerCase()}
    on conflict (user_id, coalesce(ip, ''), date_trunc('hour', created_at at time zone 'utc'))
      where action = 'sign-in.fail'
    do update set count = audit_events.count + 1
    returning id`);
  return counted.length > 0;
}

/**
 * Writes a command of the operator to the trail of an account, or of all admins if it concerns no single account.
 * @param action `noun.verb`, such as `backup.create`.
 */
export async function auditCommand(db: Db, action: string, userId?: string): Promise<void> {
  const trails =
    userId === undefined
      ? await db.select({ id: users.id }).from(users).where(eq(users.role, 'admin'))
      : [{ id: userId }];
  if (trails.length === 0) return;
  const target = userId ?? null;
  await db
    .insert(auditEvents)
    .values(trails.map(({ id }) => ({ userId: id, actorId: id, via: 'command' as const, action, target })));
}
