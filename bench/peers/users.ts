export interface User {
  id: string;
  name: string;
}

const USERS = new Map<string, User>([['sb_a-token-to-measure-with', { id: '1', name: 'Bench' }]]);

/**
 * Finds the caller by a lookup in memory.
 * @param authorization the value of the header.
 * @returns `undefined` for an unknown token.
 */
export function userOf(authorization: string | null | undefined): User | undefined {
  return authorization?.startsWith('Bearer ') ? USERS.get(authorization.slice('Bearer '.length)) : undefined;
}
