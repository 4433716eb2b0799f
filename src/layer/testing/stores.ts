import type { Claim, IdempotencyStore, StoredResponse } from '../rest/idempotency.ts';

/** A check of a store. */
export interface StoreCheck {
  /** What the store must do, to name a test. */
  name: string;
  /** Runs the check against a store of its own. @throws {Error} if the store does not keep the contract. */
  run: () => Promise<void>;
}

const RESPONSE: StoredResponse = {
  status: 201,
  headers: { 'content-type': 'application/json', location: '/things/1' },
  text: '{"name":"\\u0000 é 😀"}',
};

function fail(message: string): never {
  throw new Error(`The store of idempotency keys breaks its contract: ${message}`);
}

function requireNew(claim: Claim, when: string): Extract<Claim, { replay: null }> {
  return claim.replay === null ? claim : fail(`${when}, it replays a response.`);
}

function requireReplay({ replay }: Claim, expected: StoredResponse): void {
  if (replay === null) fail('it does not replay the response that was kept.');
  const { headers, ...rest } = replay;
  const isSame =
    JSON.stringify([rest.status, rest.text, rest.isWithoutBody]) ===
      JSON.stringify([expected.status, expected.text, expected.isWithoutBody]) &&
    JSON.stringify(Object.entries(headers).sort()) ===
      JSON.stringify(Object.entries(expected.headers).sort());
  if (!isSame) fail(`it replays ${JSON.stringify(replay)} instead of ${JSON.stringify(expected)}.`);
}

/** Requires a thrown value to be an error of the catalog. */
function requireKind(thrown: unknown, kind: string, when: string): void {
  const actual: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'kind') : undefined;
  if (actual !== kind) fail(`${when}, it throws ${String(thrown)} instead of ${kind}.`);
}

/** Requires a claim to be rejected with an error of the catalog. */
async function requireError(claim: Promise<Claim>, kind: string, when: string): Promise<void> {
  const result = await claim.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );
  if ('value' in result) fail(`${when}, it must throw ${kind}.`);
  requireKind(result.thrown, kind, when);
}

/**
 * Returns checks that hold a store of idempotency keys to its contract, for any test framework:
 * `for (const { name, run } of testIdempotencyStore(createStore)) test(name, run);`
 * @param createStore returns a store, and the scopes of two callers that it accepts. Checks may share their data: each
 *   check uses keys of its own.
 */
export function testIdempotencyStore(
  createStore: () => Promise<{ store: IdempotencyStore; scopes: readonly [string, string] }>,
): StoreCheck[] {
  const check = (
    name: string,
    run: (
      claim: (fingerprint?: string, scope?: string) => Promise<Claim>,
      scopes: readonly [string, string],
    ) => Promise<void>,
  ): StoreCheck => ({
    name,
    async run() {
      const { store, scopes } = await createStore();
      const key = `contract-${crypto.randomUUID()}`;
      await run(
        (fingerprint = 'first', scope = scopes[0]) => store.claim({ scope, key, fingerprint }),
        scopes,
      );
    },
  });

  return [
    check('replays the response that was kept', async (claim) => {
      await requireNew(await claim(), 'for a new key').keep(RESPONSE);
      requireReplay(await claim(), RESPONSE);
      requireReplay(await claim(), RESPONSE);
    }),
    check('replays a response whose body was not kept', async (claim) => {
      const response: StoredResponse = { status: 200, headers: {}, text: null, isWithoutBody: true };
      await requireNew(await claim(), 'for a new key').keep(response);
      requireReplay(await claim(), response);
    }),
    check('gives a key to one of several simultaneous requests', async (claim) => {
      const claims = await Promise.allSettled(Array.from({ length: 10 }, () => claim()));
      const won = claims.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const [winner] = won;
      if (!winner || won.length > 1) fail(`${won.length} of 10 simultaneous requests got the key.`);
      for (const result of claims) {
        if (result.status === 'rejected')
          requireKind(result.reason, 'IDEMPOTENCY_KEY_IN_USE', 'for a key in use');
      }
      await requireNew(winner, 'for a new key').keep(RESPONSE);
      requireReplay(await claim(), RESPONSE);
    }),
    check('rejects a request while the first one is in progress', async (claim) => {
      const first = requireNew(await claim(), 'for a new key');
      await requireError(claim(), 'IDEMPOTENCY_KEY_IN_USE', 'while the first request is in progress');
      await first.release();
    }),
    check('rejects another request with the same key', async (claim) => {
      await requireNew(await claim(), 'for a new key').keep(RESPONSE);
      await requireError(claim('other'), 'IDEMPOTENCY_KEY_REUSED', 'for another fingerprint');
    }),
    check('gives a released key to the next request', async (claim) => {
      await requireNew(await claim(), 'for a new key').release();
      await requireNew(await claim(), 'after the key was released').keep(RESPONSE);
      requireReplay(await claim(), RESPONSE);
    }),
    check('keeps the keys of each scope apart', async (claim, [, other]) => {
      await requireNew(await claim(), 'for a new key').keep(RESPONSE);
      const second = requireNew(await claim('first', other), 'for the same key in another scope');
      await second.release();
      requireReplay(await claim(), RESPONSE);
    }),
  ];
}
