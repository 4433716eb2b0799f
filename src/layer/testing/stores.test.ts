import { describe, expect, test } from '@jest/globals';
import { CoreError } from '../errors/api-error.ts';
import type { Claim, IdempotencyStore, KeyedRequest } from '../rest/idempotency.ts';
import { testIdempotencyStore } from './stores.ts';
import { claim, type Entry, nameOf } from './memory-store.ts';

const checksOf = (
  change: (claimed: () => Claim, request: KeyedRequest, entries: Map<string, Entry>) => Claim,
) => {
  const entries = new Map<string, Entry>();
  const store: IdempotencyStore = {
    claim: async (request) => change(() => claim(entries, request), request, entries),
  };
  return testIdempotencyStore(async () => ({ store, scopes: ['ada', 'bob'] }));
};

describe('a store that keeps the contract', () => {
  for (const { name, run } of checksOf((claimed) => claimed())) test(name, run);
});

/** Ignores errors of a kind, and gives the key away again. */
const ignoring = (kind: string) => (claimed: () => Claim) => {
  try {
    return claimed();
  } catch (error) {
    if (!(error instanceof CoreError) || error.kind !== kind) throw error;
    return { replay: null, keep: async () => undefined, release: async () => undefined };
  }
};

test.each<[string, Parameters<typeof checksOf>[0], string]>([
  [
    'forgets responses',
    (claimed, request, entries) => {
      if (entries.get(nameOf(request))?.response) entries.delete(nameOf(request));
      return claimed();
    },
    'replays the response that was kept',
  ],
  [
    'changes responses',
    (claimed) => {
      const result = claimed();
      return result.replay ? { replay: { ...result.replay, status: 200 } } : result;
    },
    'replays the response that was kept',
  ],
  [
    'gives a key to all',
    ignoring('IDEMPOTENCY_KEY_IN_USE'),
    'gives a key to one of several simultaneous requests',
  ],
  [
    'gives away a key in use',
    ignoring('IDEMPOTENCY_KEY_IN_USE'),
    'rejects a request while the first one is in progress',
  ],
  ['ignores fingerprints', ignoring('IDEMPOTENCY_KEY_REUSED'), 'rejects another request with the same key'],
  [
    'throws another error',
    (claimed) => {
      try {
        return claimed();
      } catch {
        throw new Error('no');
      }
    },
    'rejects another request with the same key',
  ],
  [
    'never frees a key',
    (claimed) => {
      const result = claimed();
      return result.replay ? result : { ...result, release: async () => undefined };
    },
    'gives a released key to the next request',
  ],
])('a store that %s fails', async (_, change, name) => {
  const check = checksOf(change).find((one) => one.name === name);
  await expect(check?.run()).rejects.toThrow(/breaks its contract|still in progress/);
});

test('a store that ignores scopes fails', async () => {
  const entries = new Map<string, Entry>();
  const store: IdempotencyStore = { claim: async (request) => claim(entries, { ...request, scope: '' }) };
  const checks = testIdempotencyStore(async () => ({ store, scopes: ['ada', 'bob'] }));
  const check = checks.find(({ name }) => name.includes('scope'));
  await expect(check?.run()).rejects.toThrow('breaks its contract');
});
