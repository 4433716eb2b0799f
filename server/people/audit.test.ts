import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { auditEvents } from '#server/db/schema/index';
import { type Account, postAuth, signUp, until } from '#test/client';
import { recordLog } from '#test/logs';
import { serveInstance } from '#test/served';

const { log, lines } = recordLog();
const server = await serveInstance({
  log,
  settings: { TRUST_PROXY: 'true', SIGN_IN_RATE_LIMIT: '100', AUTH_RATE_LIMIT: '100' },
});
afterAll(server.close);

const HOME = '192.0.2.1';
const ELSEWHERE = '192.0.2.2';
const trail = async ({ rpc }: Account) => (await rpc.protected.audit.query({})).items;

async function failToSignIn(email: string, ip: string): Promise<void> {
  const response = await postAuth(
    server.url,
    '/sign-in/email',
    { email, password: 'a wrong guess' },
    { 'x-forwarded-for': ip },
  );
  expect(response.status).toBe(401);
}

/** Waits until the trail counts that many failed sign-ins, and returns them. */
const failures = async (account: Account, count: number) => {
  const items = await until(
    async () => (await trail(account)).filter(({ action }) => action === 'sign-in.fail'),
    (events) => events.reduce((sum, event) => sum + event.count, 0) >= count,
  );
  return items.map((event) => ({ ip: event.ip, count: event.count, via: event.via }));
};

describe('a failed sign-in', () => {
  test('is counted in one event per account, IP address and hour', async () => {
    const account = await signUp(server.url);
    const guesses = [HOME, HOME, ELSEWHERE, HOME].map((ip) => failToSignIn(account.email, ip));
    await Promise.all(guesses);
    await failToSignIn(account.email.toUpperCase(), HOME);
    const found = await failures(account, 5);
    expect(found.toSorted((a, b) => b.count - a.count)).toEqual([
      { ip: HOME, count: 4, via: 'sign-in' },
      { ip: ELSEWHERE, count: 1, via: 'sign-in' },
    ]);
  });

  test('starts a new event in a new hour', async () => {
    const account = await signUp(server.url);
    await failToSignIn(account.email, HOME);
    await failures(account, 1);
    await server.deps.db.update(auditEvents).set({ createdAt: new Date(Date.now() - 60 * 60_000) });
    await failToSignIn(account.email, HOME);
    expect(await failures(account, 2)).toHaveLength(2);
  });

  test('is only logged, without the email, if no account has the email', async () => {
    const email = `${randomUUID()}@example.com`;
    await failToSignIn(email, HOME);
    const [line] = await until(
      () => Promise.resolve(lines.filter(({ msg }) => msg.includes('without an account'))),
      (found) => found.length > 0,
    );
    expect(line).toMatchObject({ ip: HOME });
    expect(JSON.stringify(lines)).not.toContain(email);
  });
});

describe('the audit trail', () => {
  test('contains a change of the email, but no update to the same email', async () => {
    const account = await signUp(server.url);
    const { id, email } = account;
    await account.rpc.users.update.mutate({ id, name: 'Ada', email });
    expect((await trail(account)).map(({ action }) => action)).not.toContain('user.change-email');
    await account.rpc.users.update.mutate({ id, email: `new.${email}` });
    expect((await trail(account)).filter(({ action }) => action === 'user.change-email')).toHaveLength(1);
  });

  test('contains a change of the password, but no failed attempt', async () => {
    const account = await signUp(server.url);
    const { password } = account;
    const change = (currentPassword: string) =>
      postAuth(
        server.url,
        '/change-password',
        { currentPassword, newPassword: 'a better horse' },
        account.headers,
      );
    expect((await change('a wrong guess')).status).toBe(400);
    expect((await trail(account)).map(({ action }) => action)).not.toContain('user.change-password');
    expect((await change(password)).status).toBe(200);
    expect(await trail(account)).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'user.change-password', via: 'session' })]),
    );
  });
});
