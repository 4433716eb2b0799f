import { CoreError } from '../errors/api-error.ts';
import type { Claim, IdempotencyStore, KeyedRequest, StoredResponse } from '../rest/idempotency.ts';

/** A stored key. */
export interface Entry {
  fingerprint: string;
  response: StoredResponse | null;
}

/** Returns the name of a key among those of all scopes. */
export const nameOf = ({ scope, key }: KeyedRequest) => JSON.stringify([scope, key]);

/** Claims a key in a store in memory that keeps the contract. */
export function claim(entries: Map<string, Entry>, request: KeyedRequest): Claim {
  const name = nameOf(request);
  const known = entries.get(name);
  if (known && known.fingerprint !== request.fingerprint) throw new CoreError('IDEMPOTENCY_KEY_REUSED');
  if (known?.response) return { replay: known.response };
  if (known) throw new CoreError('IDEMPOTENCY_KEY_IN_USE');
  entries.set(name, { fingerprint: request.fingerprint, response: null });
  return {
    replay: null,
    keep: async (response) => void entries.set(name, { fingerprint: request.fingerprint, response }),
    release: async () => void entries.delete(name),
  };
}

/** Creates a store in memory that keeps the contract. */
export function createMemoryStore(): IdempotencyStore {
  const entries = new Map<string, Entry>();
  return { claim: async (request) => claim(entries, request) };
}
