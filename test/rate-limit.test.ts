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
/** A new account, as it calls the instance with the limit of 5. */
const newcomer = async () => {
  const account = await signUp(unlimited.url);
  return { ...account, ...caller(limited.url, account.headers) };
};
const keyOf = async ({ headers }: Account) => {
  const json = { name: 'Key', scope: 'read' };
  const made = await caller(unlimited.url, headers).rest('POST /protected/api-keys', { json });
  return z.looseObject({ key: z.string() }).parse(made.body).key;
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
  test('and each answer tells what is left, until the next has to wait', async () => {
    const ada = await newcomer();
    const calls = ['GET /chats', 'POST /chats', 'GET /chats/nothing', 'PATCH /chats/x', 'HEAD /users/me'];
    const statuses = [200, 201, 404, 404, 200];
    for (const [i, call] of calls.entries()) {
      const answer = await ada.rest(call, /POST|PATCH/.test(call) ? { json: {} } : {});
      expect(answer.status).toBe(statuses[i]);
      expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
      expect(limitOf(answer)).toMatch(REST(4 - i));
    }
    const refused = await ada.rest('GET /chats');
    const { retryAfter = 0, detail } = expectProblem(refused, 'TOO_MANY_REQUESTS');
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(detail).toContain(String(retryAfter));
    expect(refused.headers.get('retry-after')).toBe(String(retryAfter));
    expect(refused.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
    expect(limitOf(refused)).toMatch(REST(0));
  });

  test('by account, whatever credential is used, and not against others', async () => {
    const ada = await newcomer();
    const byKey = withKey(limited.url, await keyOf(ada));
    for (const by of [ada, byKey, ada, byKey, ada]) expect((await by.rest('GET /chats')).status).toBe(200);
    for (const by of [ada, byKey]) expectProblem(await by.rest('GET /chats'), 'TOO_MANY_REQUESTS');
    expect((await (await newcomer()).rest('GET /chats')).status).toBe(200);
  });

  test('on every surface', async () => {
    const ada = await newcomer();
    for (let i = 0; i < 3; i++) await ada.rpc.chat.list.query({});
    expect(limitOf(await ada.rest('GET /chats'))).toMatch(REST(1));
    const batch = Promise.allSettled([ada.rpc.chat.list.query({}), ada.rpc.chat.list.query({})]);
    expect((await batch).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(ada.rpc.chat.list.query({})).rejects.toMatchObject({
      data: { code: 'TOO_MANY_REQUESTS', retryAfter: expect.any(Number) },
    });
  });

  test('of callers who are not known by address', async () => {
    const stranger = withKey(limited.url, 'sb_nothing');
    for (let i = 0; i < 5; i++) expectProblem(await stranger.rest('GET /chats'), 'UNAUTHORIZED');
    expectProblem(await stranger.rest('GET /chats'), 'TOO_MANY_REQUESTS');
    expect((await (await newcomer()).rest('GET /chats')).status).toBe(200);
  });

  test('without asking the database anything more', async () => {
    const { headers } = await newcomer();
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

describe('the limit of a procedure itself', () => {
  test('is told beside that of all calls', async () => {
    const { headers } = await newcomer();
    const ada = caller(generous.url, headers);
    const guess = { json: { password: 'wrong guess' } };
    for (let i = 4; i >= 0; i--) {
      const answer = await ada.rest('POST /protected/delete-account', guess);
      expectProblem(answer, 'WRONG_PASSWORD');
      expect(answer.headers.get('ratelimit-policy')).toBe(
        '"default";q=1000;w=60, "protected.deleteAccount";q=5;w=60',
      );
      expect(limitOf(answer)).toMatch(
        new RegExp(`^"default";r=${995 + i};t=\\d+, "protected.deleteAccount";r=${i};t=\\d+$`),
      );
    }
    expectProblem(await ada.rest('POST /protected/delete-account', guess), 'TOO_MANY_REQUESTS');
    expect((await ada.rest('GET /chats')).status).toBe(200);
  });

  test('is over when its time is', async () => {
    const { headers } = await newcomer();
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
    const { headers } = await newcomer();
    for (let i = 0; i < 7; i++) {
      const answer = await caller(unlimited.url, headers).rest('GET /chats');
      expect({ status: answer.status, limit: limitOf(answer) }).toEqual({ status: 200, limit: null });
    }
  });

  test.each(['REST', 'RPC'])('keeps the limit on guesses at a password: %s', async (surface) => {
    const { headers } = await newcomer();
    const ada = caller(unlimited.url, headers);
    const input = { password: 'wrong guess' };
    const guess = () =>
      surface === 'REST'
        ? ada.rest('POST /protected/delete-account', { json: input })
        : post(ada, '/api/trpc/protected.deleteAccount', { json: input });
    for (let i = 0; i < 5; i++) {
      const answer = await guess();
      expect(answer.status).toBe(400);
      expect(limitOf(answer)).toMatch(/^"protected.deleteAccount";r=/);
    }
    expect((await guess()).status).toBe(429);
  });
});
