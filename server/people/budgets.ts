import { addressKey, type Budgets } from '#layer/index';
import type { Actor } from './actor.ts';

/**
 * Returns the keys of the budgets that a caller draws from: the account of a user, the IP address of an anonymous
 * caller, and both for a guest, because anyone can become a new guest at any time.
 * @param actor `null` for an anonymous caller.
 */
export function budgetsOf(actor: Pick<Actor, 'userId' | 'isGuest'> | null, ip: string | null): Budgets {
  if (!actor) return [addressKey(ip)];
  return actor.isGuest ? [actor.userId, addressKey(ip)] : [actor.userId];
}
