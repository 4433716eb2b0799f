import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Deps } from '#server/compose';
import { newId } from '#server/db/columns';
import { oauthClients, oauthConsents } from '#server/db/schema/index';
import { OauthScope, OFFLINE_ACCESS } from '#contract/oauth';
import type { Account } from './client.ts';
import { freePort } from './listen.ts';
import { serveInstance, type ServedInstance, type ServedOptions } from './served.ts';

/** The redirect URI of the clients of tests. Nothing listens there. */
export const REDIRECT = 'http://127.0.0.1:33418/callback';

/** Serves an instance under the URL that its OAuth metadata names. */
export async function serveIssuer({ settings, ...options }: ServedOptions = {}): Promise<ServedInstance> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return serveInstance({
    ...options,
    port,
    settings: { OAUTH_RATE_LIMIT: '100000', ...settings, APP_URL: url },
  });
}

/** Registers a public client in the database. @returns its id. */
export async function registerClient(
  { db }: Pick<Deps, 'db'>,
  name = 'Test client',
  redirectUri = REDIRECT,
): Promise<string> {
  const clientId = newId();
  await db.insert(oauthClients).values({
    clientId,
    name,
    redirectUris: [redirectUri],
    tokenEndpointAuthMethod: 'none',
    applicationType: 'native',
    grantTypes: ['authorization_code', 'refresh_token'],
    responseTypes: ['code'],
    scopes: [...OauthScope.options, OFFLINE_ACCESS],
  });
  return clientId;
}

/** Registers a client and stores a person's consent. @returns the id of the connected client. */
export async function storeConnectedClient(deps: Pick<Deps, 'db'>, userId: string): Promise<string> {
  const clientId = await registerClient(deps);
  const id = newId();
  await deps.db.insert(oauthConsents).values({ id, clientId, userId, scopes: ['read'] });
  return id;
}

/** Returns the query of the page on which a person decides about a client. */
export const requestQuery = (clientId: string): string =>
  new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT, scope: 'read' }).toString();

/** Registers a public client as it does itself. @returns its id. */
export async function registerItself(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }),
  });
  return z.object({ client_id: z.string() }).parse(await response.json()).client_id;
}

export const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  scope: z.string(),
  expires_in: z.number(),
  token_type: z.literal('Bearer'),
});
export type Tokens = z.output<typeof Tokens>;

/** An authorization request and the secret of its PKCE challenge. */
export function authorizationRequest(clientId: string, parameters: Record<string, string> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: 'a state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { verifier, path: `/api/auth/oauth2/authorize?${query.toString()}` };
}

/** Sends a form to an endpoint of OAuth. */
export const postForm = (url: string, path: string, fields: Record<string, string>, headers = {}) =>
  fetch(`${url}/api/auth/oauth2/${path}`, { method: 'POST', body: new URLSearchParams(fields), headers });

/** Opens an authorization request in the browser of an account. @returns the URL that it leads to. */
export async function open(account: Account, path: string): Promise<URL> {
  const response = await account.fetch(path, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (response.status !== 302 || location === null) {
    throw new Error(`No redirect: ${response.status} ${await response.text()}`);
  }
  return new URL(location, account.url);
}

/** Sends a person's decision. @returns the URL that leads back to the client. */
export async function decide(account: Account, consentPage: URL, scopes: string[]): Promise<URL> {
  const response = await account.fetch('/api/auth/oauth2/consent', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: consentPage.search.slice(1), scopes }),
  });
  if (response.status !== 200) throw new Error(`Not decided: ${response.status} ${await response.text()}`);
  return new URL(z.object({ url: z.string() }).parse(await response.json()).url);
}

/** Returns the code in a URL that leads back to a client. */
export function codeIn(url: URL): string {
  const code = url.searchParams.get('code');
  if (code === null) throw new Error(`No code: ${url.href}`);
  return code;
}

export interface ConnectOptions {
  clientId: string;
  /** The scopes that the client asks for. */
  asks?: string;
  /** The scopes that the person gives. */
  gives?: string[];
}

/** Connects a client to an account. @returns its tokens. */
export async function connect(
  account: Account,
  { clientId, asks = 'read', gives = asks.split(' ') }: ConnectOptions,
): Promise<Tokens> {
  const { verifier, path } = authorizationRequest(clientId, { scope: asks });
  const page = await open(account, path);
  const code = codeIn(page.pathname === '/connect' ? await decide(account, page, gives) : page);
  return exchange(account.url, { clientId, code, verifier });
}

/** Exchanges a code for tokens. */
export async function exchange(
  url: string,
  {
    clientId,
    code,
    verifier,
    redirectUri = REDIRECT,
  }: { clientId: string; code: string; verifier: string; redirectUri?: string },
): Promise<Tokens> {
  const response = await postForm(url, 'token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
  if (response.status !== 200) throw new Error(`No tokens: ${response.status} ${await response.text()}`);
  return Tokens.parse(await response.json());
}
