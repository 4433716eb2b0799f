import type { Actor } from '#server/context';
import type { Db } from '#server/db/client';
import { auditEvents } from '#server/db/schema';

/** One line of an account's audit trail. */
type AuditEvent = typeof auditEvents.$inferInsert;

/** Writes a line; give the transaction of the change, so that there is never one without the other. */
export async function audit(db: Db, event: AuditEvent): Promise<void> {
  await db.insert(auditEvents).values(event);
}

/**
 * Writes what `actor` did to an account.
 * @param action `noun.verb`, such as `api-key.create`.
 * @param target the id of what was changed.
 * @param userId whose account it is; the actor's own when left out.
 */
export function auditActor(db: Db, actor: Actor, action: string, target?: string, userId = actor.userId) {
  const { id: requestId, ip, userAgent } = actor.request;
  return audit(db, {
    userId,
    actorId: actor.userId,
    via: actor.via.kind,
    action,
    target: target ?? null,
    requestId,
    ip,
    userAgent,
  });
}
