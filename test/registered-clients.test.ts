import { afterAll, describe, expect, test } from '@jest/globals';
import { auth, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eq } from 'drizzle-orm';
import { oauthAccessTokens, oauthClients, oauthConsents, oauthRefreshTokens } from '#server/db/schema/index';
import { until } from '#test/answers';
import { type Account, signUp, withKey } from '#test/client';
import { ERAS } from '#test/mcp-client';
import {
  authorizationRequest,
  codeIn,
  connect,
  decide,
  open,
  postForm,
  REDIRECT,
  serveIssuer,
  Tokens,
} from '#test/oauth-client';
import { OfficialClient } from '#test/official-client';
import { serveInstance } from '#test/served';

const server = await serveIssuer();
const other = await serveInstance({ settings: { APP_URL: server.url } });
afterAll(async () => {
  await server.close();
  await other.close();
});
const { db } = server.deps;
const ada = await signUp(server.url);

const register = ({ rpc }: Account, hasSecret = false) =>
  rpc.protected.registeredClients.create.mutate({ name: 'My agent', redirectUris: [REDIRECT], hasSecret });

/** Calls a tool on an instance. @returns the status. */
async function callTool(token: string, url = server.url): Promise<number> {
  const response = await withKey(url, token).fetch('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'chat_list', arguments: {} },
    }),
  });
  return response.status;
}

const countsOf = async (clientId: string) => ({
  consents: await db.$count(oauthConsents, eq(oauthConsents.clientId, clientId)),
  tokens: await db.$count(oauthAccessTokens, eq(oauthAccessTokens.clientId, clientId)),
  refreshTokens: await db.$count(oauthRefreshTokens, eq(oauthRefreshTokens.clientId, clientId)),
});

describe.each(Object.entries(ERAS))('the official client, revision %s', (_era, options) => {
  test.each([false, true])(
    'signs in as a client that its person has registered, until they delete it (secret: %s)',
    async (hasSecret) => {
      const { id, secret } = await register(ada, hasSecret);
      const program = new OfficialClient(ada, {
        client_id: id,
        issuer: `${server.url}/api/auth`,
        ...(secret !== null && { client_secret: secret }),
      });
      const serverUrl = `${server.url}/api/mcp`;
      expect(await auth(program, { serverUrl })).toBe('REDIRECT');
      expect(await auth(program, { serverUrl, ...program.response })).toBe('AUTHORIZED');
      expect(program.information).toMatchObject({ client_id: id });
      const client = new Client({ name: 'test', version: '1' }, options);
      await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: program }));
      expect(await client.callTool({ name: 'chat_list', arguments: {} })).not.toHaveProperty('isError');
      await client.close();

      const { access_token, refresh_token } = Tokens.parse(program.stored);
      expect([await callTool(access_token), await callTool(access_token, other.url)]).toEqual([200, 200]);
      await ada.rpc.protected.registeredClients.delete.mutate({ id });
      const started = Date.now();
      expect(await countsOf(id)).toEqual({ consents: 0, tokens: 0, refreshTokens: 0 });
      expect(await callTool(access_token)).toBe(401);
      await until(async () => (await callTool(access_token, other.url)) === 401);
      expect(Date.now() - started).toBeLessThan(5_000);
      const form = { grant_type: 'refresh_token', client_id: id, refresh_token };
      const refreshed = await postForm(other.url, 'token', {
        ...form,
        ...(secret !== null && { client_secret: secret }),
      });
      expect([400, 401]).toContain(refreshed.status);
      expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });
      const again = await open(ada, authorizationRequest(id).path);
      expect(again.searchParams.get('error')).toBe('invalid_client');
    },
  );
});

describe('a registered client', () => {
  test('is listed, exported and in the audit trail, without its secret', async () => {
    const eve = await signUp(server.url);
    const { secret, ...client } = await register(eve, true);
    expect(secret).toMatch(/^sb_cs_[\w-]{43}$/);
    const open = await register(eve);
    expect(open).toMatchObject({ hasSecret: false, secret: null });
    const { items } = await eve.rpc.protected.registeredClients.list.query({});
    expect(items).toEqual([client, expect.objectContaining({ id: open.id })]);
    const page = await eve.rpc.protected.registeredClients.list.query({ limit: 1 });
    expect(
      (await eve.rpc.protected.registeredClients.list.query({ cursor: page.nextCursor ?? '' })).items,
    ).toMatchObject([{ id: open.id }]);
    const exported = await (await eve.fetch('/api/v1/protected/export')).text();
    expect(JSON.parse(exported)).toMatchObject({ registeredClients: [{ id: client.id }, { id: open.id }] });
    expect(exported).not.toContain(secret);
    const [row] = await db.select().from(oauthClients).where(eq(oauthClients.clientId, client.id));
    expect(JSON.stringify(row)).not.toContain(secret?.slice('sb_cs_'.length));
    await eve.rpc.protected.registeredClients.delete.mutate({ id: open.id });
    const trail = (await eve.rpc.protected.audit.query({})).items.map(({ action, target }) => [
      action,
      target,
    ]);
    expect(trail.slice(0, 3)).toEqual([
      ['client.delete', open.id],
      ['client.register', open.id],
      ['client.register', client.id],
    ]);
  });

  test('belongs to one account, and its deletion ends the access of all accounts', async () => {
    const eve = await signUp(server.url);
    const { id } = await register(ada);
    const { access_token } = await connect(eve, { clientId: id });
    await expect(eve.rpc.protected.registeredClients.delete.mutate({ id })).rejects.toThrow(
      'No such registered program.',
    );
    expect(await callTool(access_token)).toBe(200);
    await ada.rpc.protected.registeredClients.delete.mutate({ id });
    await until(async () => (await callTool(access_token)) === 401);
  });

  test('ends with the account that has registered it', async () => {
    const eve = await signUp(server.url);
    const { id } = await register(eve);
    const { access_token } = await connect(ada, { clientId: id });
    await eve.rpc.protected.deleteAccount.mutate({ password: eve.password });
    await until(async () => (await callTool(access_token, other.url)) === 401);
    expect(await countsOf(id)).toEqual({ consents: 0, tokens: 0, refreshTokens: 0 });
  });

  test('is no tool, and cannot be registered with an API key or by a guest', async () => {
    const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'write' });
    const body = JSON.stringify({ name: 'x', redirectUris: [REDIRECT] });
    const headers = { 'content-type': 'application/json' };
    const path = '/api/v1/protected/registered-clients';
    const byKey = await withKey(server.url, key).fetch(path, { method: 'POST', headers, body });
    expect(byKey.status).toBe(403);
    const guest = await fetch(`${server.url}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    const cookie = guest.headers.getSetCookie().map((each) => each.split(';')[0]);
    const byGuest = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, cookie: cookie.join('; '), origin: server.url },
      body,
    });
    expect(byGuest.status).toBe(403);
    const tools = await withKey(server.url, key).fetch('/api/mcp', {
      method: 'POST',
      headers: { ...headers, accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    expect(await tools.text()).not.toContain('registered');
  });

  test('is limited by MAX_OAUTH_CLIENTS, also if several are registered at once', async () => {
    const limited = await serveInstance({ settings: { MAX_OAUTH_CLIENTS: '2' } });
    const eve = await signUp(limited.url);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => register(eve)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await expect(register(eve)).rejects.toMatchObject({ data: { code: 'LIMIT_REACHED' } });
    const { items } = await eve.rpc.protected.registeredClients.list.query({});
    await eve.rpc.protected.registeredClients.delete.mutate({ id: items[0]?.id ?? '' });
    await register(eve);
    await limited.close();
  });
});

describe('the secret of a client', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  /** Exchanges a new code. @returns the response. */
  async function exchangeWith(id: string, fields: Record<string, string>, headers = {}) {
    const { verifier, path } = authorizationRequest(id, { scope: 'read' });
    const code = codeIn(await decide(ada, await open(ada, path), ['read']));
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT, code, code_verifier: verifier };
    return postForm(server.url, 'token', { ...form, ...fields }, headers);
  }

  test('is accepted in the form and in the header, also to renew and to revoke the access', async () => {
    const { id, secret } = await register(ada, true);
    const client_secret = secret ?? '';
    const inForm = await exchangeWith(id, { client_id: id, client_secret });
    expect(inForm.status).toBe(200);
    const inHeader = await exchangeWith(id, {}, basic(id, client_secret));
    expect(inHeader.status).toBe(200);
    const { refresh_token } = Tokens.parse(await inHeader.json());
    const form = { client_id: id, client_secret };
    const renewed = await postForm(server.url, 'token', {
      ...form,
      grant_type: 'refresh_token',
      refresh_token,
    });
    const { refresh_token: token, access_token } = Tokens.parse(await renewed.json());
    expect((await postForm(server.url, 'revoke', { ...form, token })).status).toBe(200);
    await until(async () => (await callTool(access_token)) === 401);
  });

  test('is required, and nothing else is accepted for it', async () => {
    const { id, secret } = await register(ada, true);
    const another = await register(ada, true);
    const [row] = await db.select().from(oauthClients).where(eq(oauthClients.clientId, id));
    const hash = row?.clientSecret ?? '';
    for (const client_secret of [hash, `sb_cs_${hash}`, another.secret ?? '', `${secret ?? ''}x`, 'x']) {
      expect([400, 401]).toContain((await exchangeWith(id, { client_id: id, client_secret })).status);
      expect([400, 401]).toContain((await exchangeWith(id, {}, basic(id, client_secret))).status);
    }
    expect([400, 401]).toContain((await exchangeWith(id, { client_id: id })).status);
    expect([400, 401]).toContain((await exchangeWith(id, {}, { authorization: 'Basic !' })).status);
    const both = await exchangeWith(id, { client_secret: secret ?? '' }, basic(id, secret ?? ''));
    expect(both.status).toBe(400);
  });

  test('is not accepted from a client that has none', async () => {
    const { id } = await register(ada);
    expect((await exchangeWith(id, { client_id: id, client_secret: 'x' })).status).toBe(401);
    expect((await exchangeWith(id, { client_id: id })).status).toBe(200);
  });
});
