import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cookieOf, postAuth, read, signUp } from '#test/client';
import { expectProblem, withoutRequestId } from '#test/problem';
import { serveInstance } from '#test/served';

const LIMIT = 3;
const settings = { TRUST_PROXY: 'true', SIGN_IN_RATE_LIMIT: String(LIMIT) };
const one = await serveInstance({ settings });
afterAll(one.close);

let addresses = 0;
/** Returns headers with a new IP address for each request, to simulate a distributed attack. */
const fromAnywhere = () => ({ 'x-forwarded-for': `203.0.113.${++addresses % 250}` });

const attempt = (email: string, password: string, headers: Record<string, string> = {}) =>
  postAuth(one.url, '/sign-in/email', { email, password }, { ...fromAnywhere(), ...headers });

async function useUp(email: string, headers: Record<string, string> = {}): Promise<void> {
  for (let i = 0; i < LIMIT; i++) expect((await attempt(email, `guess ${i}`, headers)).status).toBe(401);
  expect((await attempt(email, 'guess', headers)).status).toBe(429);
}

/** Signs up and returns the cookie by which the browser is known after it has signed out. */
async function browserOf(password = 'correct horse', headers: Record<string, string> = {}) {
  const email = `${randomUUID()}@example.com`;
  const entry = { name: 'Ada', email, password };
  const response = await postAuth(one.url, '/sign-up/email', entry, headers);
  expect(response.status).toBe(200);
  const [line = '', ...more] = response.headers.getSetCookie().filter((cookie) => cookie.includes('known'));
  expect(more).toEqual([]);
  return { email, password, line, headers: { cookie: line.split(';', 1)[0] ?? '' } };
}

describe('guesses at a password from many IP addresses', () => {
  test('are rejected after SIGN_IN_RATE_LIMIT attempts, even with the right password', async () => {
    const { email, password } = await signUp(one.url);
    await useUp(email);
    const late = await read(await attempt(email.toUpperCase(), password));
    const { retryAfter } = expectProblem(late, 'TOO_MANY_REQUESTS');
    expect(retryAfter).toBeGreaterThan(3500);
    expect(retryAfter).toBeLessThanOrEqual(3600);
    expect(late.headers.get('retry-after')).toBe(String(retryAfter));
  });

  test('are counted before the password is compared, so concurrent guesses do not exceed the limit', async () => {
    const { email } = await signUp(one.url);
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => attempt(email, `guess ${i}`)));
    expect(all.filter(({ status }) => status !== 429)).toHaveLength(LIMIT);
  });

  test('do not reveal whether the account exists', async () => {
    const { email } = await signUp(one.url);
    const unknown = `${randomUUID()}@example.com`;
    for (let i = 0; i < LIMIT + 2; i++) {
      const [ours, none] = [await attempt(email, 'guess'), await attempt(unknown, 'guess')];
      expect(ours.headers.getSetCookie()).toEqual(none.headers.getSetCookie());
      const seen = withoutRequestId(await read(ours));
      expect(JSON.stringify(seen).replace(/\d{4} seconds|"retryAfter":\d+/g, '')).toBe(
        JSON.stringify(withoutRequestId(await read(none))).replace(/\d{4} seconds|"retryAfter":\d+/g, ''),
      );
    }
  });

  test('do not affect other accounts, and a successful sign-in does not count', async () => {
    const [ada, ben] = [await signUp(one.url), await signUp(one.url)];
    await useUp(ada.email);
    for (let i = 0; i < 2 * LIMIT; i++) expect((await attempt(ben.email, ben.password)).status).toBe(200);
    await useUp(ben.email);
  });
});

describe('a browser that has signed in to the account', () => {
  test('can still sign in after guesses by others', async () => {
    const ada = await browserOf();
    await useUp(ada.email);
    const response = await attempt(ada.email, ada.password, ada.headers);
    expect(response.status).toBe(200);
    const renewed = { cookie: cookieOf(response) };
    expect((await attempt(ada.email, ada.password, renewed)).status).toBe(200);
  });

  test('has its own budget, so a stolen cookie does not allow more guesses', async () => {
    const ada = await browserOf();
    await useUp(ada.email, ada.headers);
    expect((await attempt(ada.email, ada.password, ada.headers)).status).toBe(429);
    expect((await attempt(ada.email, ada.password)).status).toBe(200);
  });

  test('can still sign in to each of its accounts', async () => {
    const first = await browserOf();
    const second = await browserOf('correct horse', first.headers);
    for (const { email, password } of [first, second]) {
      await useUp(email);
      expect((await attempt(email, password, second.headers)).status).toBe(200);
    }
  });

  test('is limited for another account, and with a changed cookie', async () => {
    const ada = await browserOf();
    const eve = await browserOf();
    await useUp(ada.email);
    const [name = '', value = ''] = eve.headers.cookie.split('=', 2);
    const hashOfAda = ada.headers.cookie.split('.')[2] ?? '';
    const parts = value.split('.');
    const forged = [
      value,
      parts.with(1, hashOfAda).join('.'),
      parts.toSpliced(1, 0, hashOfAda).join('.'),
      parts.slice(0, -1).join('.'),
      '',
      '....',
      '%00',
    ];
    for (const cookie of forged) {
      const response = await attempt(ada.email, ada.password, { cookie: `${name}=${cookie}` });
      expect([cookie, response.status]).toEqual([cookie, 429]);
    }
  });

  test('gets a lasting HttpOnly cookie that does not contain the email', async () => {
    const { line, email } = await browserOf();
    expect(line.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      'Max-Age=34560000',
      'Path=/api/auth',
      'SameSite=Lax',
    ]);
    expect(line).not.toContain(email.split('@')[0]);
    expect(line.length).toBeLessThan(400);
  });

  test('is known to the five accounts that it used last', async () => {
    const accounts = [await browserOf()];
    for (let i = 0; i < 5; i++) accounts.push(await browserOf('correct horse', accounts.at(-1)?.headers));
    const { headers } = accounts.at(-1) ?? {};
    const statuses: number[] = [];
    for (const { email, password } of accounts) {
      await useUp(email);
      statuses.push((await attempt(email, password, headers)).status);
    }
    expect(statuses).toEqual([429, 200, 200, 200, 200, 200]);
  });
});
