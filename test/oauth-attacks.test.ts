import { afterAll, describe, expect, test } from '@jest/globals';
import { forgetCounts } from './forget-counts.ts';
import { eq, sql } from 'drizzle-orm';
import { oauthAccessTokens, oauthClients, oauthConsents, oauthRefreshTokens } from '#server/db/schema/index';
import { removeExpired } from '#server/removal';
import { signUp, withKey } from '#test/client';
import { serveDocuments } from '#test/metadata-documents';
import {
  authorizationRequest,
  codeIn,
  connect,
  decide,
  open,
  postForm,
  REDIRECT,
  registerClient,
  serveIssuer,
  Tokens,
} from '#test/oauth-client';

const server = await serveIssuer();
afterAll(server.close);
const { db } = server.deps;
const ada = await signUp(server.url);
const clientId = await registerClient(server.deps);

const listTools = async (token: string) => {
  const response = await fetch(`${server.url}/api/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  return response.status;
};

/** Returns a code, and the fields of the form that exchanges it. */
async function getCode(parameters: Record<string, string> = {}) {
  const { verifier, path } = authorizationRequest(clientId, { scope: 'read', ...parameters });
  const page = await open(ada, path);
  const code = codeIn(page.pathname === '/connect' ? await decide(ada, page, ['read']) : page);
  const redirect_uri = parameters['redirect_uri'] ?? REDIRECT;
  return {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri,
    code,
    code_verifier: verifier,
  };
}

const FORM = 'application/x-www-form-urlencoded';

const errorOf = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { error: string }),
});

describe('a code', () => {
  test('works once, and its second use ends the tokens of the first', async () => {
    const form = await getCode();
    const tokens = Tokens.parse(await (await postForm(server.url, 'token', form)).json());
    expect(await listTools(tokens.access_token)).toBe(200);
    expect(await errorOf(await postForm(server.url, 'token', form))).toMatchObject({
      error: 'invalid_grant',
    });
    server.deps.authenticator.invalidateAll();
    expect(await listTools(tokens.access_token)).toBe(401);
  });

  test.each([
    ['of another client', { client_id: 'other' }],
    ['with another redirect URI', { redirect_uri: 'https://evil.example/' }],
    ['with another verifier', { code_verifier: 'a'.repeat(43) }],
    ['without a verifier', { code_verifier: '' }],
    ['for another resource', { resource: 'https://other.example/api/mcp' }],
  ])('%s is rejected', async (_name, changes) => {
    const { status } = await postForm(server.url, 'token', { ...(await getCode()), ...changes });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  test('goes to a loopback address on any port', async () => {
    const form = await getCode({ redirect_uri: 'http://127.0.0.1:50000/callback' });
    expect((await postForm(server.url, 'token', form)).status).toBe(200);
  });
});

describe('an authorization request', () => {
  test.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['another redirect URI', { redirect_uri: 'https://evil.example/' }],
    ['another path of the redirect URI', { redirect_uri: `${REDIRECT}/../evil` }],
    [
      'a redirect URI with another host',
      { redirect_uri: REDIRECT.replace('127.0.0.1', '127.0.0.1.evil.example') },
    ],
  ])('of %s never leads to that URI', async (_name, changes) => {
    const url = await open(ada, authorizationRequest(clientId, changes).path);
    expect(url.origin).toBe(server.url);
    expect(url.pathname).toBe('/connect');
    expect(url.searchParams.get('error')).not.toBeNull();
  });

  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for another resource', { resource: 'https://other.example/api/mcp' }, 'invalid_target'],
    ['for a scope that does not exist', { scope: 'admin' }, 'invalid_scope'],
  ])('%s goes back to the client with an error', async (_name, changes, error) => {
    const url = await open(ada, authorizationRequest(clientId, changes).path);
    expect(url.href).toContain(REDIRECT);
    expect(url.searchParams.get('error')).toBe(error);
    expect(url.searchParams.get('iss')).toBe(`${server.url}/api/auth`);
    expect(url.searchParams.get('state')).toBe('a state');
  });

  test('must be a GET, because another site could send a form', async () => {
    const response = await ada.fetch(authorizationRequest(clientId).path, { method: 'POST' });
    expect(response.status).toBe(405);
  });
});

const consentPage = await open(
  ada,
  authorizationRequest(clientId, { scope: 'read chat:write', prompt: 'consent' }).path,
);

describe('a decision', () => {
  const query = consentPage.search.slice(1);
  const send = (init: { as?: Record<string, string>; body?: object; headers?: Record<string, string> }) =>
    fetch(`${server.url}/api/auth/oauth2/consent`, {
      method: 'POST',
      headers: { ...(init.as ?? ada.headers), 'content-type': 'application/json', ...init.headers },
      body: JSON.stringify(init.body ?? { query, scopes: ['read'] }),
    });

  test('from a page of another origin is rejected', async () => {
    const response = await send({
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    });
    expect(await response.json()).toMatchObject({ code: 'CROSS_ORIGIN' });
  });

  test('needs a session', async () => {
    expect((await send({ as: {} })).status).toBe(401);
    const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'a', scope: 'write' });
    expect((await send({ as: withKey(server.url, key).headers })).status).toBe(403);
  });

  test('of a guest is rejected', async () => {
    const response = await fetch(`${server.url}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0]);
    expect((await send({ as: { cookie: cookie.join('; ') } })).status).toBe(403);
  });

  test.each([
    ['more scope', query.replace('scope=read', 'scope=write+read')],
    ['another redirect URI', query.replace('33418', '33419')],
    ['no signature', query.replace(/&?sig=[^&]*/, '')],
  ])('about a query with %s is rejected', async (_name, changed) => {
    expect(changed).not.toBe(query);
    expect((await send({ body: { query: changed, scopes: ['read'] } })).status).toBe(400);
  });

  test('for a scope that the client did not ask for is rejected', async () => {
    expect((await send({ body: { query, scopes: ['write'] } })).status).toBe(400);
  });

  test('against the client leads back to it with access_denied', async () => {
    const back = await decide(ada, consentPage, []);
    expect(back.searchParams.get('error')).toBe('access_denied');
  });
});

const connected = await connect(await signUp(server.url), { clientId: await registerClient(server.deps) });

describe('a token', () => {
  /** Changes the row of a new token, and returns the status of a call with it. */
  async function statusAfter(change: Partial<typeof oauthAccessTokens.$inferInsert>) {
    const own = await registerClient(server.deps);
    const { access_token } = await connect(ada, { clientId: own });
    await db.update(oauthAccessTokens).set(change).where(eq(oauthAccessTokens.clientId, own));
    return listTools(access_token);
  }

  test.each([
    ['for another resource', { resources: ['https://other.example/api/mcp'] }],
    ['for no resource', { resources: null }],
    ['that has expired', { expiresAt: new Date(0) }],
    ['that is bound to a key', { confirmation: { jkt: 'a' } }],
  ])('%s is rejected', async (_name, change) => {
    expect(await statusAfter({ revoked: null })).toBe(200);
    expect(await statusAfter(change)).toBe(401);
  });

  test('in the URL, or of another kind, is rejected', async () => {
    const { access_token, refresh_token } = connected;
    expect(await listTools(access_token)).toBe(200);
    expect(await listTools(refresh_token)).toBe(401);
    expect(
      (await fetch(`${server.url}/api/mcp?access_token=${access_token}`, { method: 'POST' })).status,
    ).toBe(401);
    const tampered = access_token.slice(0, -1) + (access_token.endsWith('A') ? 'B' : 'A');
    expect(await listTools(tampered)).toBe(401);
  });

  test('that was renewed long ago ends the whole access when it is used again', async () => {
    const own = await registerClient(server.deps);
    const first = await connect(ada, { clientId: own });
    const renew = (token: string) =>
      postForm(server.url, 'token', { grant_type: 'refresh_token', client_id: own, refresh_token: token });
    const second = Tokens.parse(await (await renew(first.refresh_token)).json());
    await db
      .update(oauthRefreshTokens)
      .set({ rotationReplayExpiresAt: new Date(0) })
      .where(sql`client_id = ${own} and revoked is not null`);
    expect(await errorOf(await renew(first.refresh_token))).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
    expect((await renew(second.refresh_token)).status).toBe(400);
    server.deps.authenticator.invalidateAll();
    expect(await listTools(second.access_token)).toBe(401);
  });

  test('cannot be stored without a consent, so a refresh cannot outlive it', async () => {
    const own = await registerClient(server.deps);
    const { refresh_token } = await connect(ada, { clientId: own });
    const form = { grant_type: 'refresh_token', client_id: own, refresh_token };
    const [, refreshed] = await Promise.all([
      db.delete(oauthConsents).where(eq(oauthConsents.clientId, own)),
      postForm(server.url, 'token', form),
    ]);
    if (refreshed.status === 200)
      expect(await listTools(Tokens.parse(await refreshed.json()).access_token)).toBe(401);
    expect(await db.$count(oauthRefreshTokens, eq(oauthRefreshTokens.clientId, own))).toBe(0);
  });
});

describe('requests of clients', () => {
  test('have errors of RFC 6749, also before better-auth has them', async () => {
    const response = await fetch(`${server.url}/api/auth/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://client.example' },
      body: '{}',
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await errorOf(response)).toMatchObject({ status: 415, error: 'invalid_request' });
    const large = await postForm(server.url, 'token', { code: 'a'.repeat(100_000) });
    expect(await errorOf(large)).toMatchObject({ status: 413, error: 'invalid_request' });
  });

  test.each([
    ['token', 'grant_type=refresh_token&client_id=%00&refresh_token=a', FORM],
    ['revoke', 'client_id=a%00&token=a', FORM],
    ['register', '{"client_name":"a\\u0000","redirect_uris":["http://localhost/"]}', 'application/json'],
  ])('with a character that cannot be stored are rejected: %s', async (name, body, type) => {
    const headers = { 'content-type': type };
    const response = await fetch(`${server.url}/api/auth/oauth2/${name}`, { method: 'POST', headers, body });
    expect(await errorOf(response)).toMatchObject({ status: 400, error: 'invalid_request' });
    const asked = await ada.fetch('/api/auth/oauth2/authorize?response_type=code&client_id=a%00');
    expect(asked.status).toBe(400);
  });

  test('show names without characters that hide something', async () => {
    const own = await registerClient(server.deps, `Cla\u202Eedu\u200B ${'a'.repeat(200)}`);
    const { path } = authorizationRequest(own, { scope: 'read' });
    const { search } = await open(ada, path);
    const { name } = await ada.rpc.protected.clients.request.query({ query: search.slice(1) });
    expect(name).toMatch(/^Claedu a+…?$/);
    expect(name.length).toBeLessThanOrEqual(100);
  });

  test('to register are rejected unless that is switched on', async () => {
    const response = await fetch(`${server.url}/api/auth/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [REDIRECT] }),
    });
    expect(await errorOf(response)).toMatchObject({ status: 403, error: 'access_denied' });
    const metadata = await fetch(`${server.url}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint');
  });

  test('are limited, and clients that nobody connects are deleted after a day', async () => {
    const settings = { MCP_DYNAMIC_REGISTRATION: 'true', OAUTH_RATE_LIMIT: '3' };
    const limited = await serveIssuer({ settings });
    await forgetCounts(limited.deps.database);
    const register = (body: object) =>
      fetch(`${limited.url}/api/auth/oauth2/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const bad = await register({ client_name: 'x', redirect_uris: ['javascript:alert(1)'] });
    expect(bad.status).toBe(400);
    const made: unknown = await (await register({ client_name: 'Old', redirect_uris: [REDIRECT] })).json();
    expect(made).toMatchObject({
      application_type: 'native',
      client_secret: expect.stringMatching(/^sb_cs_/),
    });
    await register({ client_name: 'New', redirect_uris: [REDIRECT] });
    const last = await register({ redirect_uris: [REDIRECT] });
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    await db
      .update(oauthClients)
      .set({ updatedAt: new Date(Date.now() - 25 * 60 * 60_000) })
      .where(eq(oauthClients.name, 'Old'));
    await removeExpired(server.deps.database, server.deps.env);
    const names = (await db.select({ name: oauthClients.name }).from(oauthClients)).map(({ name }) => name);
    expect(names).toContain('New');
    expect(names).not.toContain('Old');
    await limited.close();
  });
});

const documents = await serveDocuments({
  '/lie.json': { client_id: 'https://client.example/other.json' },
  '/redirect.json': 'http://169.254.169.254/',
});
const { hits, host, fetchMetadata } = documents;
const issuer = await serveIssuer({ fetchMetadata });
const eve = await signUp(issuer.url);
afterAll(async () => {
  await issuer.close();
  documents.close();
});

describe('a client with a metadata document', () => {
  test('is connected under the host that it has proven', async () => {
    const id = `https://${host}/client.json`;
    const { path } = authorizationRequest(id, { scope: 'read' });
    const page = await open(eve, path);
    const request = await eve.rpc.protected.clients.request.query({ query: page.search.slice(1) });
    expect(request).toMatchObject({
      name: 'Proven client',
      host: host,
      redirectTo: '127.0.0.1:33418',
      isThisComputer: true,
      scopes: ['read'],
    });
    const tokens = await connect(eve, { clientId: id });
    expect(tokens.scope).toBe('read offline_access');
    const { items } = await eve.rpc.protected.clients.list.query({});
    expect(items).toMatchObject([{ name: 'Proven client', host: host }]);
  });

  test.each([
    ['a document about another client', `https://${host}/lie.json`],
    ['a redirect to an address of the network', `https://${host}/redirect.json`],
  ])('is unknown with %s', async (_name, id) => {
    const page = await open(eve, authorizationRequest(id).path).catch((error: unknown) => String(error));
    expect(String(page)).toMatch(/invalid_client/);
    expect(hits).toContain(new URL(id).pathname);
  });

  test.each([
    'https://127.0.0.1/client.json',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/client.json',
    'https://[::1]/client.json',
    'https://10.0.0.1/client.json',
    'http://client.example/client.json',
  ])('at %s is never asked', async (id) => {
    const before = hits.length;
    const page = await open(eve, authorizationRequest(id).path).catch((error: unknown) => String(error));
    expect(String(page)).toMatch(/invalid_client/);
    expect(hits.length).toBe(before);
  });
});
