export interface User {
  id: string;
  name: string;
}

const USERS = new Map<string, User>([['sb_a-token-to-measure-with', { id: '1', name: 'Bench' }]]);

/**
 * Who calls, by a look-up in memory.
 * @param authorization the header's value.
 * @returns `undefined` for a token that nobody has.
 */
export function userOf(authorization: string | null | undefined): User | undefined {
  return authorization?.startsWith('Bearer ') ? USERS.get(authorization.slice('Bearer '.length)) : undefined;
}
