import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { router, signedIn } from '#server/procedures';
import { type Account, type Caller, caller, type ParsedResponse, read, signUp, withKey } from './client.ts';
import { expectProblem } from './problem.ts';
import { serveInstance } from './served.ts';
import { recordStatements } from './statements.ts';

const quick = router({
  quick: signedIn
    .meta({ openapi: { method: 'GET', path: '/quick' }, rateLimit: { calls: 1, seconds: 1 } })
    .input(z.object({}))
    .output(z.object({}))
    .query(() => ({})),
});
const limited = await serveInstance({ settings: { RATE_LIMIT: '5' } });
afterAll(limited.close);
const generous = await serveInstance({ settings: { RATE_LIMIT: '1000' } });
afterAll(generous.close);
const unlimited = await serveInstance();
afterAll(unlimited.close);
const quickOne = await serveInstance({ router: quick, settings: { RATE_LIMIT: '1000' } });
afterAll(quickOne.close);

await signUp(unlimited.url);
/** Creates an account that calls the instance with a limit of 5. */
const newAccount = async () => {
  const account = await signUp(unlimited.url);
  return { ...account, ...caller(limited.url, account.headers) };
};
const keyOf = async ({ headers }: Account) => {
  const json = { name: 'Key', scope: 'read' };
  const created = await caller(unlimited.url, headers).rest('POST /protected/api-keys', { json });
  return z.looseObject({ key: z.string() }).parse(created.body).key;
};
const post = async (as: Caller, path: string, json: unknown) =>
  read(
    await as.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    }),
  );
const limitOf = ({ headers }: ParsedResponse) => headers.get('ratelimit');
const REST = (left: number) => new RegExp(`^"default";r=${left};t=([1-9]|[1-5]\\d|60)$`);

describe('calls are counted', () => {
  test('and each response reports the remaining calls, until the next call is rejected', async () => {
    const ada = await newAccount();
    const calls = ['GET /chats', 'POST /chats', 'GET /chats/nothing', 'PATCH /chats/x', 'HEAD /users/me'];
    const statuses = [200, 201, 404, 404, 200];
    for (const [i, call] of calls.entries()) {
      const response = await ada.rest(call, /POST|PATCH/.test(call) ? { json: {} } : {});
      expect(response.status).toBe(statuses[i]);
      expect(response.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
      expect(limitOf(response)).toMatch(REST(4 - i));
    }
    const rejected = await ada.rest('GET /chats');
    const { retryAfter = 0, detail } = expectProblem(rejected, 'TOO_MANY_REQUESTS');
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(detail).toContain(String(retryAfter));
    expect(rejected.headers.get('retry-after')).toBe(String(retryAfter));
    expect(rejected.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
    expect(limitOf(rejected)).toMatch(REST(0));
  });

  test('by account, with any credential, and separately for each account', async () => {
    const ada = await newAccount();
    const byKey = withKey(limited.url, await keyOf(ada));
    for (const by of [ada, byKey, ada, byKey, ada]) expect((await by.rest('GET /chats')).status).toBe(200);
    for (const by of [ada, byKey]) expectProblem(await by.rest('GET /chats'), 'TOO_MANY_REQUESTS');
    expect((await (await newAccount()).rest('GET /chats')).status).toBe(200);
  });

  test('on every surface', async () => {
    const ada = await newAccount();
    for (let i = 0; i < 3; i++) await ada.rpc.chat.list.query({});
    expect(limitOf(await ada.rest('GET /chats'))).toMatch(REST(1));
    const batch = Promise.allSettled([ada.rpc.chat.list.query({}), ada.rpc.chat.list.query({})]);
    expect((await batch).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(ada.rpc.chat.list.query({})).rejects.toMatchObject({
      data: { code: 'TOO_MANY_REQUESTS', retryAfter: expect.any(Number) },
    });
  });

  test('by IP address for unauthenticated callers', async () => {
    const stranger = withKey(limited.url, 'sb_nothing');
    for (let i = 0; i < 5; i++) expectProblem(await stranger.rest('GET /chats'), 'UNAUTHORIZED');
    expectProblem(await stranger.rest('GET /chats'), 'TOO_MANY_REQUESTS');
    expect((await (await newAccount()).rest('GET /chats')).status).toBe(200);
  });

  test('without additional statements', async () => {
    const { headers } = await newAccount();
    const statements = await Promise.all(
      [generous, unlimited].map(async ({ url, deps }) => {
        const recorded = recordStatements(deps.database);
        expect((await caller(url, headers).rest('GET /chats')).status).toBe(200);
        return recorded.map(({ sql }) => sql);
      }),
    );
    expect(statements[0]).toEqual(statements[1]);
  });
});

describe('the limit of a procedure', () => {
  test('is reported besides that of all calls', async () => {
    const { headers } = await newAccount();
    const ada = caller(generous.url, headers);
    const guess = { json: { password: 'wrong guess' } };
    for (let i = 4; i >= 0; i--) {
      const response = await ada.rest('POST /protected/delete-account', guess);
      expectProblem(response, 'WRONG_PASSWORD');
      expect(response.headers.get('ratelimit-policy')).toBe(
        '"default";q=1000;w=60, "protected.deleteAccount";q=5;w=60',
      );
      expect(limitOf(response)).toMatch(
        new RegExp(`^"default";r=${995 + i};t=\\d+, "protected.deleteAccount";r=${i};t=\\d+$`),
      );
    }
    expectProblem(await ada.rest('POST /protected/delete-account', guess), 'TOO_MANY_REQUESTS');
    expect((await ada.rest('GET /chats')).status).toBe(200);
  });

  test('resets after its window', async () => {
    const { headers } = await newAccount();
    const ada = caller(quickOne.url, headers, false);
    expect((await ada.rest('GET /quick')).status).toBe(200);
    const { retryAfter } = expectProblem(await ada.rest('GET /quick'), 'TOO_MANY_REQUESTS');
    expect(retryAfter).toBe(1);
    await pause(1000);
    expect((await ada.rest('GET /quick')).status).toBe(200);
  });
});

describe('RATE_LIMIT=0', () => {
  test('limits no calls and reports nothing', async () => {
    const { headers } = await newAccount();
    for (let i = 0; i < 7; i++) {
      const response = await caller(unlimited.url, headers).rest('GET /chats');
      expect({ status: response.status, limit: limitOf(response) }).toEqual({ status: 200, limit: null });
    }
  });

  test.each(['REST', 'RPC'])('does not disable the limit of password guesses over %s', async (surface) => {
    const { headers } = await newAccount();
    const ada = caller(unlimited.url, headers);
    const input = { password: 'wrong guess' };
    const guess = () =>
      surface === 'REST'
        ? ada.rest('POST /protected/delete-account', { json: input })
        : post(ada, '/api/trpc/protected.deleteAccount', { json: input });
    for (let i = 0; i < 5; i++) {
      const response = await guess();
      expect(response.status).toBe(400);
      expect(limitOf(response)).toMatch(/^"protected.deleteAccount";r=/);
    }
    expect((await guess()).status).toBe(429);
  });
});
