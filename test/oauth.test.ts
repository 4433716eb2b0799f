import { afterAll, describe, expect, test } from '@jest/globals';
import { auth, StreamableHTTPClientTransport, Client } from '@modelcontextprotocol/client';
import { eq } from 'drizzle-orm';
import { oauthAccessTokens, oauthClients, oauthConsents } from '#server/db/schema/index';
import { until } from '#test/answers';
import { type Account, signUp, withKey } from '#test/client';
import { connectMcp, ERAS } from '#test/mcp-client';
import {
  authorizationRequest,
  connect,
  decide,
  open,
  postForm,
  registerClient,
  serveIssuer,
  Tokens,
} from '#test/oauth-client';
import { OfficialClient } from '#test/official-client';
import { serveInstance } from '#test/served';

const server = await serveIssuer({ settings: { MCP_DYNAMIC_REGISTRATION: 'true' } });
const other = await serveInstance({ settings: { APP_URL: server.url } });
afterAll(async () => {
  await server.close();
  await other.close();
});
const admin = await signUp(server.url);
const ada = await signUp(server.url);
const mcp = `${server.url}/api/mcp`;
const ERA_NAMES = Object.keys(ERAS);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Sends a call of a tool without a client, to see its status. */
function callTool(
  token: string,
  name: string,
  { url = server.url, args = {} }: { url?: string; args?: object } = {},
) {
  return fetch(`${url}/api/mcp`, {
    method: 'POST',
    headers: {
      ...bearer(token),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
}

const refresh = (clientId: string, token: string, url = server.url) =>
  postForm(url, 'token', { grant_type: 'refresh_token', client_id: clientId, refresh_token: token });

describe('metadata', () => {
  test('leads from a request without a token to the authorization server', async () => {
    const rejected = await fetch(mcp, { method: 'POST' });
    expect(rejected.status).toBe(401);
    const at = `${server.url}/.well-known/oauth-protected-resource/api/mcp`;
    expect(rejected.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${at}", scope="read"`);
    const resource: unknown = await (await fetch(at)).json();
    expect(resource).toMatchObject({
      resource: mcp,
      authorization_servers: [`${server.url}/api/auth`],
      scopes_supported: expect.arrayContaining(['read', 'write', 'chat:read']),
    });
    const issuer = await fetch(`${server.url}/.well-known/oauth-authorization-server/api/auth`);
    expect(await issuer.json()).toMatchObject({
      issuer: `${server.url}/api/auth`,
      authorization_endpoint: `${server.url}/api/auth/oauth2/authorize`,
      token_endpoint: `${server.url}/api/auth/oauth2/token`,
      code_challenge_methods_supported: ['S256'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });

  test.each(['oauth-protected-resource', 'oauth-authorization-server'])(
    'of %s is also where older clients look, and readable by every page',
    async (name) => {
      const url = `${server.url}/.well-known/${name}`;
      const response = await fetch(url, { headers: { origin: 'https://client.example' } });
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
      expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    },
  );

  test('does not exist if the public URL has no https and is not on this computer', async () => {
    const insecure = await serveInstance({ settings: { APP_URL: 'http://intranet.example' } });
    for (const name of ['oauth-protected-resource/api/mcp', 'oauth-authorization-server/api/auth'])
      expect((await fetch(`${insecure.url}/.well-known/${name}`)).status).toBe(404);
    const rejected = await fetch(`${insecure.url}/api/mcp`, { method: 'POST' });
    expect(rejected.headers.get('www-authenticate')).toBe('Bearer');
    await insecure.close();
  });
});

describe.each(Object.entries(ERAS))('the official client, revision %s', (_era, options) => {
  test('registers itself, signs in, calls tools and gets more permissions', async () => {
    const provider = new OfficialClient(ada);
    expect(await auth(provider, { serverUrl: mcp })).toBe('REDIRECT');
    expect(await auth(provider, { serverUrl: mcp, ...provider.response })).toBe('AUTHORIZED');
    expect(provider.stored?.refresh_token).toBeDefined();
    const client = new Client({ name: 'test', version: '1' }, options);
    await client.connect(new StreamableHTTPClientTransport(new URL(mcp), { authProvider: provider }));
    const listed = async () => (await client.listTools()).tools.map(({ name }) => name);
    expect(await listed()).toContain('chat_list');
    expect(await listed()).not.toContain('chat_create');
    // The client asks for the scope in the challenge, its person agrees, and it needs the code of the redirect.
    provider.gives = ['read', 'write'];
    await expect(client.callTool({ name: 'chat_create', arguments: {} })).rejects.toThrow();
    expect(await auth(provider, { serverUrl: mcp, ...provider.response })).toBe('AUTHORIZED');
    expect(await client.callTool({ name: 'chat_create', arguments: { title: 'By a tool' } })).toMatchObject({
      structuredContent: { title: 'By a tool' },
    });
    await client.close();
  });
});

describe('a connected client', () => {
  test.each(ERA_NAMES)('of revision %s calls tools with the scopes that its person gave', async (era) => {
    const clientId = await registerClient(server.deps);
    const { access_token, scope } = await connect(ada, { clientId, asks: 'read write', gives: ['read'] });
    expect(scope).toBe('read offline_access');
    const client = await connectMcp(mcp, { era, headers: bearer(access_token) });
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('chat_list');
    expect(names).not.toContain('chat_create');
    await client.close();
    const rejected = await callTool(access_token, 'chat_create');
    expect(rejected.status).toBe(403);
    expect(rejected.headers.get('www-authenticate')).toContain(
      'error="insufficient_scope", scope="read write"',
    );
  });

  const SCOPES: [string, string[], string[]][] = [
    ['chat:read', ['chat_list'], ['users_me', 'chat_create']],
    ['chat:write', ['chat_list', 'chat_create'], ['users_me', 'users_update']],
    ['users:read', ['users_me'], ['chat_list', 'users_update']],
    ['write', ['chat_list', 'chat_create', 'users_me', 'users_update'], []],
  ];
  test.each(
    ERA_NAMES.flatMap((era) => SCOPES.map(([scope, seen, unseen]) => ({ era, scope, seen, unseen }))),
  )(
    'of revision $era with the scope $scope sees the tools of that scope only',
    async ({ era, scope, seen, unseen }) => {
      const clientId = await registerClient(server.deps);
      const { access_token } = await connect(ada, { clientId, asks: scope });
      const client = await connectMcp(mcp, { era, headers: bearer(access_token) });
      const names = (await client.listTools()).tools.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(seen));
      for (const name of unseen) {
        expect(names).not.toContain(name);
        expect((await callTool(access_token, name)).status).toBe(403);
      }
      await client.close();
    },
  );

  test('cannot do what its person cannot do', async () => {
    const clientId = await registerClient(server.deps);
    const { access_token } = await connect(ada, { clientId, asks: 'write' });
    const result: unknown = await (await callTool(access_token, 'users_list')).text();
    expect(result).toContain('FORBIDDEN');
  });

  test('gets the scope read if it asks for none', async () => {
    const clientId = await registerClient(server.deps);
    const { path } = authorizationRequest(clientId);
    expect((await open(ada, path)).searchParams.get('scope')).toBe('read offline_access');
  });

  test('is asked about each time if its redirect leads to the computer of its person', async () => {
    const clientId = await registerClient(server.deps);
    await connect(ada, { clientId, asks: 'read' });
    for (const prompt of ['', 'none', 'login'])
      expect((await open(ada, authorizationRequest(clientId, { scope: 'read', prompt }).path)).pathname).toBe(
        '/connect',
      );
  });

  test('is not asked about again until it wants more if its redirect leads to a host with https', async () => {
    const redirect_uri = 'https://client.example/callback';
    const clientId = await registerClient(server.deps, 'Hosted', redirect_uri);
    const first = await open(ada, authorizationRequest(clientId, { scope: 'read', redirect_uri }).path);
    await decide(ada, first, ['read']);
    const again = await open(ada, authorizationRequest(clientId, { scope: 'chat:read', redirect_uri }).path);
    expect(again.pathname).toBe('/connect');
    const same = await open(ada, authorizationRequest(clientId, { scope: 'read', redirect_uri }).path);
    expect(same.href).toMatch(/^https:\/\/client\.example\/callback\?code=/);
  });

  test('loses a scope, also of its present token, when its person gives less', async () => {
    const clientId = await registerClient(server.deps);
    const { access_token } = await connect(ada, { clientId, asks: 'read write' });
    expect((await callTool(access_token, 'chat_create')).status).toBe(200);
    const page = await open(ada, authorizationRequest(clientId, { scope: 'read', prompt: 'consent' }).path);
    await decide(ada, page, ['read']);
    expect((await callTool(access_token, 'chat_create')).status).toBe(403);
    await until(async () => (await callTool(access_token, 'chat_create', { url: other.url })).status === 403);
  });

  test('renews its access, and keeps it when its person signs out of the browser', async () => {
    const eve = await signUp(server.url);
    const clientId = await registerClient(server.deps);
    const first = await connect(eve, { clientId });
    await eve.fetch('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect((await callTool(first.access_token, 'chat_list')).status).toBe(200);
    const renewed = Tokens.parse(await (await refresh(clientId, first.refresh_token)).json());
    expect(renewed.access_token).not.toBe(first.access_token);
    expect((await callTool(renewed.access_token, 'chat_list')).status).toBe(200);
    // A client that has not got the response may send the same request again.
    const repeated = Tokens.parse(await (await refresh(clientId, first.refresh_token)).json());
    expect(repeated).toEqual({ ...renewed, expires_in: repeated.expires_in });
  });

  test('is named in the audit trail', async () => {
    const clientId = await registerClient(server.deps, 'Claude');
    const { access_token } = await connect(ada, { clientId, asks: 'write' });
    await callTool(access_token, 'users_update', { args: { id: ada.id, name: 'Ada L.' } });
    const { items } = await ada.rpc.protected.audit.query({ limit: 5 });
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'client.connect', via: 'session', target: clientId }),
        expect.objectContaining({ action: 'user.update', via: 'oauth', client: 'Claude' }),
      ]),
    );
  });
});

describe('the end of access', () => {
  const ENDS: Record<string, (account: Account, clientId: string, token: string) => Promise<unknown>> = {
    'its person disconnects it': async (account, clientId) => {
      const { items } = await account.rpc.protected.clients.list.query({});
      const [{ id } = { id: '' }] = items;
      expect(items).toMatchObject([{ name: 'Test client', host: null, scopes: ['read'] }]);
      await account.rpc.protected.clients.disconnect.mutate({ id });
      expect(await server.deps.db.$count(oauthAccessTokens, eq(oauthAccessTokens.clientId, clientId))).toBe(
        0,
      );
    },
    'an admin bans its person': (account) => admin.rpc.users.ban.mutate({ id: account.id }),
    'its person deletes the account': (account) =>
      account.rpc.protected.deleteAccount.mutate({ password: account.password }),
    'the client is disabled': (_account, clientId) =>
      server.deps.db.update(oauthClients).set({ disabled: true }).where(eq(oauthClients.clientId, clientId)),
    'the client revokes its refresh token (RFC 7009)': async (_account, clientId, token) => {
      const response = await postForm(server.url, 'revoke', { client_id: clientId, token });
      expect(response.status).toBe(200);
    },
  };

  test.each(Object.entries(ENDS))('within 5 seconds on each instance if %s', async (_name, end) => {
    const eve = await signUp(server.url);
    const clientId = await registerClient(server.deps);
    const { access_token, refresh_token } = await connect(eve, { clientId });
    const statusOn = async (url: string) => (await callTool(access_token, 'chat_list', { url })).status;
    expect([await statusOn(server.url), await statusOn(other.url)]).toEqual([200, 200]);
    await end(eve, clientId, refresh_token);
    const started = Date.now();
    await until(async () => (await statusOn(server.url)) === 401 && (await statusOn(other.url)) === 401);
    expect(Date.now() - started).toBeLessThan(5_000);
    for (const { url } of [server, other]) {
      const refreshed = await refresh(clientId, refresh_token, url);
      expect(refreshed.status).toBeGreaterThanOrEqual(400);
      expect(refreshed.status).toBeLessThan(500);
    }
    expect(await server.deps.db.$count(oauthConsents, eq(oauthConsents.userId, eve.id))).toBeLessThanOrEqual(
      1,
    );
  });
});

test('a token is no credential anywhere else', async () => {
  const clientId = await registerClient(server.deps);
  const { access_token } = await connect(ada, { clientId, asks: 'write' });
  const as = withKey(server.url, access_token);
  for (const path of ['/api/v1/users/me', '/api/trpc/users.me', '/api/v1/protected']) {
    const response = await as.fetch(path);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await response.text()).toContain('used elsewhere than at /api/mcp');
  }
  const chat = await as.fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'a', message: {} }),
  });
  expect(chat.status).toBe(401);
});
