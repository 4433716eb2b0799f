import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { type CommandResult, execute } from '#server/commands/execute';
import { idempotencyKeys, providerKeys } from '#server/db/schema/index';
import { parseEnv } from '#server/env';
import { encrypt, keyIdIn } from '#server/secrets/cipher';
import { keyringFrom } from '#server/secrets/keyring';
import { findSecrets } from '#server/secrets/secrets';
import { SECRETS, startInstance } from '#test/caller';
import { type Account, signUp } from '#test/client';
import { recordLog, silent } from '#test/logs';
import { type ServedInstance, serveInstance } from '#test/served';
import { reveal } from './provider-keys.ts';

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const [OLD, NEW, OTHER] = [keyOf(1), keyOf(2), keyOf(3)];
const idOf = (key: string) => keyringFrom([key])[0].id;
/** More than a batch. */
const MANY = 120;

const instances: ServedInstance[] = [];
afterAll(() => Promise.all(instances.map(({ close }) => close())));

async function serve(ENCRYPTION_KEY: string): Promise<ServedInstance> {
  const instance = await serveInstance({ settings: { ENCRYPTION_KEY, MAX_API_KEYS: '1000' } });
  instances.push(instance);
  return instance;
}

let ada: Account;
let before: ServedInstance;
let secret: string;

/** Calls a server with an idempotency key. @returns the text of the response, which has a secret. */
async function createKey({ url }: ServedInstance, idempotencyKey: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/protected/api-keys`, {
    method: 'POST',
    headers: { ...ada.headers, 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ name: 'test', scope: 'read' }),
  });
  expect(response.status).toBe(201);
  return response.text();
}

const setKey = ({ url }: ServedInstance, key: string) =>
  fetch(`${url}/api/v1/protected/provider-keys/openai`, {
    method: 'PUT',
    headers: { ...ada.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });

/** Runs a command as a server of the settings does. */
async function run(
  { deps }: Pick<ServedInstance, 'deps'>,
  command: string,
  ENCRYPTION_KEY?: string,
): Promise<CommandResult & { lines: string[] }> {
  const lines: string[] = [];
  const env = ENCRYPTION_KEY === undefined ? deps.env : parseEnv({ ...SECRETS, ENCRYPTION_KEY });
  const context = {
    env,
    log: silent,
    database: deps.database,
    secrets: () => findSecrets(env),
    print: async (line: string) => void lines.push(line),
    signal: AbortSignal.timeout(30_000),
  };
  return { ...(await execute({ command, input: {} }, context)), lines };
}

/** Returns the ids of the keys of all stored values. */
async function usedKeys({ deps: { db } }: ServedInstance): Promise<Set<string | null>> {
  const keys = await db.select({ value: providerKeys.ciphertext }).from(providerKeys);
  const responses = await db.select({ value: idempotencyKeys.answer }).from(idempotencyKeys);
  return new Set([...keys, ...responses].flatMap(({ value }) => (value === null ? [] : [keyIdIn(value)])));
}

beforeAll(async () => {
  before = await serve(OLD);
  ada = await signUp(before.url);
  secret = await createKey(before, 'first');
  expect((await setKey(before, 'sk-first-0123')).status).toBeLessThan(300);
  // Half of them were written before ciphertexts named their key.
  const response = JSON.stringify({ status: 200, headers: {}, text: '{}' });
  const rows = Array.from({ length: MANY }, (_, n) => {
    const key = `many-${String(n).padStart(3, '0')}`;
    const sealed = encrypt(keyringFrom([OLD]), response, `idempotency:${ada.id}:${key}`);
    return { key, answer: n % 2 === 0 ? sealed : `v1.${sealed.split('.')[2] ?? ''}` };
  });
  await before.deps.db.insert(idempotencyKeys).values(
    rows.map((row) => ({
      ...row,
      userId: ada.id,
      fingerprint: '',
      attemptId: '',
      leaseExpiresAt: new Date(),
    })),
  );
});

test('a key is rotated while the server serves, and everything is readable when the old one is gone', async () => {
  const both = await serve(`${NEW},${OLD}`);
  expect(await createKey(both, 'first')).toBe(secret);
  const listed = await run(both, 'keys list');
  expect(listed.error).toBeUndefined();
  expect(listed.lines).toEqual([
    `ENCRYPTION_KEY\t${idOf(NEW)}\tfirst\t0 provider keys\t0 stored responses`,
    `ENCRYPTION_KEY\t${idOf(OLD)}\tolder\t1 provider key\t${MANY / 2 + 1} stored responses`,
    `ENCRYPTION_KEY\t\tnot named\t0 provider keys\t${MANY / 2} stored responses`,
    expect.stringMatching(/^AUTH_SECRET\t[\da-f]{16}\tfirst$/),
  ]);

  const stop = new AbortController();
  const responses = new Map<string, string>();
  let last = '';
  const load = (async () => {
    for (let n = 0; !stop.signal.aborted; n++) {
      last = `sk-load-${n}-${String(n).padStart(4, '0')}`;
      const [response, stored, replayed] = await Promise.all([
        createKey(both, `load-${n}`),
        setKey(both, last),
        createKey(both, 'first'),
      ]);
      responses.set(`load-${n}`, response);
      expect(stored.status).toBeLessThan(300);
      expect(replayed).toBe(secret);
    }
  })();
  while (responses.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const rotated = await run(both, 'keys rotate');
  stop.abort();
  await load;
  expect(rotated).toMatchObject({ exit: 0 });
  expect(rotated.lines).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Re-encrypted [01] provider keys? and ${MANY + 1} stored responses with the key ${idOf(NEW)}\\.$`,
      ),
    ),
    `No value needs the key ${idOf(OLD)} any more. Remove it from ENCRYPTION_KEY, but keep it as long as you keep a backup that was made before.`,
  ]);
  expect(await usedKeys(both)).toEqual(new Set([idOf(NEW)]));

  // Again: nothing is left to do.
  const again = await run(both, 'keys rotate');
  expect(again.lines[0]).toMatch(/^Re-encrypted 0 provider keys and 0 stored responses /);

  const after = await serve(NEW);
  expect(await createKey(after, 'first')).toBe(secret);
  for (const [key, response] of responses) expect(await createKey(after, key)).toBe(response);
  expect(await reveal(after.deps, ada.id)).toEqual({ openai: last });
  const actions = (await ada.rpc.protected.audit.query({ limit: 100 })).items.map(
    ({ action, via }) => `${via} ${action}`,
  );
  expect(actions.filter((action) => action === 'command keys.rotate')).toHaveLength(2);
});

test('an interrupted rotation goes on where it ended', async () => {
  const both = await serve(`${OLD},${NEW}`);
  const { database } = both.deps;
  let statements = 0;
  const failing = {
    ...database,
    execute: (query: Parameters<typeof database.execute>[0]) =>
      // After the first batch of responses.
      ++statements > 6 ? Promise.reject(new Error('The connection was lost.')) : database.execute(query),
  };
  await expect(run({ deps: { ...both.deps, database: failing } }, 'keys rotate')).rejects.toThrow('lost');
  expect(await usedKeys(both)).toEqual(new Set([idOf(OLD), idOf(NEW)]));
  expect(await run(both, 'keys rotate')).toMatchObject({ exit: 0 });
  expect(await usedKeys(both)).toEqual(new Set([idOf(OLD)]));
  expect(await createKey(both, 'first')).toBe(secret);
});

test('a key that was removed too early is named, with what needs it', async () => {
  const { log, lines } = recordLog();
  const early = await startInstance({ settings: { ENCRYPTION_KEY: NEW }, log });
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 50,
      key: idOf(OLD),
      count: 1,
      msg: expect.stringContaining('ENCRYPTION_KEY'),
    }),
  );
  const responses = await early.db.$count(idempotencyKeys, eq(idempotencyKeys.userId, ada.id));
  const error = `1 provider key and ${responses} stored responses cannot be decrypted without the key ${idOf(OLD)}: add it to the end of the list in ENCRYPTION_KEY, and restart the server.`;
  const listed = await run({ deps: early }, 'keys list');
  expect(listed).toMatchObject({ exit: 1, error });
  expect(listed.lines[1]).toBe(
    `ENCRYPTION_KEY\t${idOf(OLD)}\tmissing\t1 provider key\t${responses} stored responses`,
  );
  const rotated = await run({ deps: early }, 'keys rotate');
  expect(rotated).toMatchObject({ exit: 1, error });
  expect(await usedKeys(before)).toEqual(new Set([idOf(OLD)]));

  // What is written with the new key meanwhile stays, and the old key makes everything readable again.
  const both = await serve(`${NEW},${OLD}`);
  expect(await run(both, 'keys rotate')).toMatchObject({ exit: 0 });
  expect(await createKey(both, 'first')).toBe(secret);
  await early.close();
});

test('on Postgres, nothing is encrypted with a key that no server has', async () => {
  const { database } = before.deps;
  if (database.kind !== 'postgres') return;
  const refused = await run(before, 'keys rotate', `${OTHER},${NEW}`);
  expect(refused).toMatchObject({
    exit: 1,
    error: `The server that started last does not have ${idOf(OTHER)} as the first key. Start all servers with this ENCRYPTION_KEY before.`,
  });
  expect(await usedKeys(before)).toEqual(new Set([idOf(NEW)]));
});
