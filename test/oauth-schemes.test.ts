import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { signUp } from '#test/client';
import { serveDocuments } from '#test/metadata-documents';
import {
  authorizationRequest,
  codeIn,
  decide,
  exchange,
  open,
  REDIRECT,
  serveIssuer,
} from '#test/oauth-client';

const CURSOR = 'cursor://anysphere.cursor-mcp/oauth/callback';
const documents = await serveDocuments({
  '/all.json': { redirect_uris: ['unknown://oauth/callback', CURSOR, 'com.example.app:/callback', REDIRECT] },
  '/none.json': { redirect_uris: ['unknown://oauth/callback'] },
});
const { fetchMetadata } = documents;
const server = await serveIssuer({ settings: { MCP_DYNAMIC_REGISTRATION: 'true' }, fetchMetadata });
afterAll(async () => {
  await server.close();
  documents.close();
});
const ada = await signUp(server.url);

/** Registers a client as it does itself. @returns the response. */
async function register(metadata: object) {
  const response = await fetch(`${server.url}/api/auth/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { status: response.status, body: z.looseObject({}).parse(await response.json()) };
}

/** Connects a client by a redirect URI. @returns what the page of consents shows, and the URL that leads back. */
async function connectBy(clientId: string, redirectUri: string) {
  const { verifier, path } = authorizationRequest(clientId, { scope: 'read', redirect_uri: redirectUri });
  const page = await open(ada, path);
  if (page.searchParams.has('error')) throw new Error(page.searchParams.get('error') ?? '');
  const query = page.search.slice(1);
  const request = await ada.rpc.protected.clients.request.query({ query });
  const back = await decide(ada, page, ['read']);
  await exchange(server.url, { clientId, code: codeIn(back), verifier, redirectUri });
  return { request, back };
}

/** What Cursor registers. It is no web client, although it says so. */
const METADATA = {
  client_name: 'Cursor',
  application_type: 'web',
  redirect_uris: [
    CURSOR,
    'https://www.cursor.com/agents/mcp/oauth/callback',
    'http://localhost:8787/callback',
  ],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};

describe('a client that registers itself', () => {
  test('gets access through the scheme of a known application, which the page names', async () => {
    const { status, body } = await register(METADATA);
    expect({ status, body }).toEqual({
      status: 201,
      body: expect.objectContaining({ ...METADATA, application_type: 'native' }),
    });
    const clientId = z.string().parse(body['client_id']);
    expect((await connectBy(clientId, METADATA.redirect_uris[1] ?? '')).request).toMatchObject({
      redirectTo: 'www.cursor.com',
      isThisComputer: false,
    });
    // The person decides each time, because another application could have the same scheme.
    for (let times = 1; times <= 2; times++) {
      const { request, back } = await connectBy(clientId, CURSOR);
      expect(request).toMatchObject({
        name: 'Cursor',
        host: null,
        redirectTo: 'cursor:',
        isThisComputer: true,
      });
      expect(back.href.startsWith(`${CURSOR}?code=`)).toBe(true);
    }
    for (const changed of [`${CURSOR}/more`, CURSOR.replace('anysphere', 'other'), 'vscode://a/b'])
      await expect(connectBy(clientId, changed)).rejects.toThrow('invalid_redirect');
  });

  test.each([
    ['an unknown scheme', { redirect_uris: ['unknown://host/callback'] }, 'invalid_redirect_uri'],
    ['a script', { redirect_uris: [REDIRECT, 'javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['too many redirect URIs', { redirect_uris: Array(21).fill(REDIRECT) }, 'invalid_redirect_uri'],
    ['another grant only', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['another response type', { response_types: ['token'] }, 'invalid_client_metadata'],
    ['a method that is not offered', { token_endpoint_auth_method: 'tls' }, 'invalid_client_metadata'],
    ['a name that is no text', { client_name: 1 }, 'invalid_client_metadata'],
  ])('is rejected with %s', async (_name, change, error) => {
    const { status, body } = await register({ ...METADATA, ...change });
    expect({ status, body }).toMatchObject({ status: 400, body: { error } });
    expect(body['error_description']).toContain(Object.keys(change)[0]);
  });
});

describe('a metadata document', () => {
  test('works with its other redirect URIs if some are not usable', async () => {
    const id = `https://${documents.host}/all.json`;
    expect((await connectBy(id, REDIRECT)).request).toMatchObject({
      name: 'Proven client',
      host: documents.host,
    });
    expect((await connectBy(id, 'com.example.app:/callback')).request).toMatchObject({
      redirectTo: 'com.example.app:',
      isThisComputer: true,
    });
    for (const unusable of [CURSOR, 'unknown://oauth/callback'])
      await expect(connectBy(id, unusable)).rejects.toThrow('invalid_redirect');
  });

  test('is rejected without a usable redirect URI', async () => {
    await expect(connectBy(`https://${documents.host}/none.json`, REDIRECT)).rejects.toThrow(
      'invalid_client',
    );
  });
});
