import type { Actor } from '#server/people/actor';

/** Returns a signed-in user, for calls of the product's own functions. */
export const actorOf = (userId: string): Actor => ({
  userId,
  role: 'user',
  isGuest: false,
  via: { kind: 'session', sessionId: 'bench' },
  request: { id: 'bench', ip: null, userAgent: null },
});
