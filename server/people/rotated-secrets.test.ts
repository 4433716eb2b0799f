import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { installation, oauthAccessTokens, sessions, users } from '#server/db/schema/index';
import { olderSignatures, recordSigning } from '#server/vault/key-use';
import { type Account, caller, cookieOf, postAuth, read, signIn, signInAsGuest, signUp } from '#test/client';
import {
  authorizationRequest,
  codeIn,
  connect,
  decide,
  exchange,
  open,
  registerClient,
  serveIssuer,
} from '#test/oauth-client';
import { type ServedInstance, serveInstance } from '#test/served';
import { apiKeyForm, isOwnAccessToken, newAccessToken, newApiKey } from './api-key-form.ts';
import { resignCookies, signedValue } from './signed-cookies.ts';

const [OLD, NEW] = [
  'the older secret of this test'.padEnd(40, '.'),
  'the newer secret of this test'.padEnd(40, '.'),
];
const LIMIT = 2;
const DAY_MS = 24 * 3600_000;

// The issuer of OAuth is a URL, which all instances of an installation share.
const old = await serveIssuer({ settings: { AUTH_SECRET: OLD, SIGN_IN_RATE_LIMIT: String(LIMIT) } });
const instances: ServedInstance[] = [old];
afterAll(() => Promise.all(instances.map(({ close }) => close())));

async function serve(AUTH_SECRET: string, print?: (line: string) => void): Promise<ServedInstance> {
  const settings = { AUTH_SECRET, APP_URL: old.url, SIGN_IN_RATE_LIMIT: String(LIMIT) };
  const instance = await serveInstance({ settings, ...(print && { print }) });
  instances.push(instance);
  return instance;
}

const both = await serve(`${NEW}, ${OLD}`);
const after = await serve(NEW);

/** Returns the same account as a caller of another instance. */
const at = ({ url }: ServedInstance, account: Account): Account => ({
  ...account,
  ...caller(url, account.headers),
});
const statusOf = async (account: Account) => (await account.rest('GET /users/me')).status;

/** Lets the sessions of an account be renewed with their next call. */
async function age({ id }: Account): Promise<void> {
  const [updatedAt, expiresAt] = [-2 * DAY_MS, 28 * DAY_MS].map((ms) => new Date(Date.now() + ms));
  await old.deps.db.update(sessions).set({ updatedAt, expiresAt }).where(eq(sessions.userId, id));
}

describe('while AUTH_SECRET has two secrets', () => {
  test('a session of the older one goes on, and the next renewal signs it with the newer one', async () => {
    const ada = at(both, await signUp(old.url));
    expect(await statusOf(ada)).toBe(200);
    // better-auth itself sees the session, too.
    const seen = await read(await ada.fetch('/api/auth/get-session'));
    expect(seen.body).toMatchObject({ user: { id: ada.id } });

    await age(ada);
    both.deps.authenticator.invalidateAll();
    const response = await ada.fetch('/api/v1/users/me');
    const cookie = cookieOf(response);
    expect(cookie).toMatch(/session_token=/);
    expect((await fetch(`${after.url}/api/v1/users/me`, { headers: { cookie } })).status).toBe(200);
    expect(await statusOf(at(after, ada))).toBe(401);
  });

  test('a new session is signed with the newer one', async () => {
    const ada = await signUp(both.url);
    expect(await statusOf(at(after, ada))).toBe(200);
    expect(await statusOf(at(old, ada))).toBe(401);
  });

  test('a guest of the older one gets an account with a sign-up', async () => {
    const guest = at(both, await signInAsGuest(old.url));
    await signUp(both.url, { headers: guest.headers });
    expect(await old.deps.db.$count(users, eq(users.id, guest.id))).toBe(0);
  });

  test('a password can be changed and a session ended with a cookie of the older one', async () => {
    const ada = await signUp(old.url);
    const cookie = { cookie: ada.headers['cookie'] ?? '' };
    const changed = { currentPassword: ada.password, newPassword: 'another correct horse' };
    expect((await postAuth(both.url, '/change-password', changed, cookie)).status).toBe(200);
    expect((await postAuth(both.url, '/sign-out', {}, cookie)).status).toBe(200);
    expect(await statusOf(at(both, ada))).toBe(401);
  });

  test('a browser that has signed in before is still known, also to its other accounts', async () => {
    const [ada, ben] = [await signUp(old.url), await signUp(old.url)];
    const enter = (
      { url }: ServedInstance,
      { email, password }: Account,
      headers: Record<string, string> = {},
    ) => postAuth(url, '/sign-in/email', { email, password }, headers);
    let headers = { cookie: cookieOf(await enter(old, ada)) };
    headers = { cookie: cookieOf(await enter(old, ben, headers)) };
    for (const { email } of [ada, ben]) {
      for (let n = 0; n <= LIMIT; n++)
        await postAuth(both.url, '/sign-in/email', { email, password: 'guess' });
    }
    const entered = await enter(both, ada, headers);
    expect(entered.status).toBe(200);
    // The cookie is signed by the newer one now, and names the other account by its older hash.
    headers = { cookie: cookieOf(entered) };
    expect((await enter(both, ben, headers)).status).toBe(200);
    expect((await enter(both, ada)).status).toBe(429);
  });

  test('a page of consent that was open goes on, and access tokens of the older one are valid', async () => {
    const ada = await signUp(old.url);
    const clientId = await registerClient(old.deps);
    const { verifier, path } = authorizationRequest(clientId, { scope: 'read' });
    const page = await open(ada, path);
    const code = codeIn(await decide(at(both, ada), page, ['read']));
    const tokens = await exchange(both.url, { clientId, code, verifier });
    expect(tokens.scope).toContain('read');
    // Another signature is not accepted.
    const forged = new URL(page);
    forged.searchParams.set('scope', 'write');
    await expect(decide(at(both, ada), forged, ['write'])).rejects.toThrow('expired');

    const { access_token } = await connect(at(old, ada), { clientId: await registerClient(old.deps) });
    const call = (url: string) =>
      fetch(`${url}/api/mcp`, { method: 'POST', headers: { authorization: `Bearer ${access_token}` } });
    expect((await call(both.url)).status).not.toBe(401);
    expect((await call(after.url)).status).toBe(401);
  });

  test('the code for the first admin that was printed before is accepted', async () => {
    const lines: string[] = [];
    const codeOf = (line = '') => /[0-9A-Z]{5}(-[0-9A-Z]{5}){3}/.exec(line)?.[0] ?? 'none';
    await old.deps.db.delete(users);
    await old.deps.db.delete(installation);
    const settings = { AUTH_SECRET: OLD, ADMIN_EMAIL: `${randomUUID()}@example.com` };
    const first = await serveInstance({ settings, print: (line) => lines.push(line) });
    const second = await serveInstance({
      settings: { ...settings, AUTH_SECRET: `${NEW},${OLD}` },
      print: (line) => lines.push(line),
    });
    instances.push(first, second);
    expect(codeOf(lines[1])).not.toBe(codeOf(lines[0]));
    const ada = await signUp(second.url, { email: settings.ADMIN_EMAIL });
    const claimed = await ada.rest('POST /protected/admin-claim', { json: { code: codeOf(lines[0]) } });
    expect(claimed.status).toBeLessThan(300);
  });

  test('what may need the older one is counted', async () => {
    const { db, secrets } = both.deps;
    await db.delete(sessions);
    await db.delete(oauthAccessTokens);
    const ada = await signUp(old.url);
    expect(await olderSignatures(db, secrets)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await recordSigning(db, secrets);
    await signIn(both.url, ada);
    expect(await olderSignatures(db, secrets)).toEqual({ sessions: 1, tokens: 0, until: expect.any(Date) });
    // Recorded once.
    await recordSigning(db, secrets);
    expect(await olderSignatures(db, secrets)).toMatchObject({ sessions: 1 });
    await age(ada);
    both.deps.authenticator.invalidateAll();
    expect(await statusOf(at(both, ada))).toBe(200);
    expect(await olderSignatures(db, secrets)).toMatchObject({ sessions: 1 });
  });
});

describe('signatures', () => {
  test('of keys and tokens are recognized by each secret', () => {
    const [key, token] = [newApiKey([OLD]), newAccessToken([OLD])];
    expect(apiKeyForm(key, [NEW, OLD])).toBe('tagged');
    expect(apiKeyForm(key, [NEW])).toBe('plain');
    expect(apiKeyForm(newApiKey([NEW, OLD]), [NEW])).toBe('tagged');
    expect(isOwnAccessToken(token, [NEW, OLD])).toBe(true);
    expect(isOwnAccessToken(token, [NEW])).toBe(false);
    expect(isOwnAccessToken(newAccessToken([NEW, OLD]), [NEW])).toBe(true);
  });

  test('of cookies are replaced only if a known secret made them', async () => {
    const { headers } = await signUp(old.url);
    const cookies = (headers['cookie'] ?? '').split('; ');
    const session = cookies.find((pair) => pair.includes('session_token=')) ?? '';
    const at = session.indexOf('=') + 1;
    const forged = `forged=${session.slice(at).replace(/^./, '-')}`;
    const sent = new Headers({ cookie: ['a=b', session, forged, 'broken=%', 'x'].join('; ') });
    resignCookies(sent, [NEW, OLD]);
    const [first, resigned = '', ...others] = (sent.get('cookie') ?? '').split('; ');
    expect([first, ...others]).toEqual(['a=b', forged, 'broken=%', 'x']);
    expect(signedValue(session.slice(at), [NEW])).toBeNull();
    expect(signedValue(resigned.slice(at), [NEW])).toBe(signedValue(session.slice(at), [OLD]));
    expect(resigned.slice(0, at)).toBe(session.slice(0, at));
  });
});
