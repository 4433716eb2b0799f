import { z } from 'zod';
import { OauthScope, OFFLINE_ACCESS } from '#contract/oauth';
import {
  addressKey,
  type ApiError,
  type Call,
  invalidInput,
  mediaType,
  type Mount,
  parseJson,
  readBody,
  type Surface,
  zodIssues,
} from '#layer/index';
import type { Deps } from '#server/compose';
import { AppError, errors } from '#server/errors';
import { tooManyAttempts } from '#server/people/attempts';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import { requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import { resignCookies } from '#server/people/signed-cookies';
import { hashSentSecret } from './client-secret.ts';
import { authorizationServer, protectedResource, wellKnown } from './metadata.ts';
import { AUTH_PATH, DEFAULT_SCOPE, isOffered, issuerOf, resourceOf, RESOURCE_PATH } from './provider.ts';
import { registerItself } from './registration.ts';
import { resignQuery } from './signed-query.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
/** The longest body of a request, in bytes. */
const MAX_BODY = 64 * 1024;

const CREATED = 201;
const BAD_REQUEST = 400;
const FORBIDDEN = 403;
const INTERNAL = 500;

/** Matches the character U+0000, which the database cannot store, in a query, a form or JSON. */
const NUL = /%00|\\u0000|\0/;

/** Checks that the database can store the text of a request. @throws {AppError} BAD_REQUEST */
function rejectNul(text: string): void {
  if (NUL.test(text))
    throw new AppError('BAD_REQUEST', { detail: 'A parameter contains the character U+0000.' });
}

/**
 * Returns a function that checks a request before its body is read. Each of these endpoints stores something.
 * @throws {AppError} TOO_MANY_REQUESTS, MAINTENANCE
 */
function createCheck({ env, counters }: Deps, method: 'GET' | 'POST', name: string) {
  const counter = counters.exact({ name: `oauth ${name}`, limit: env.OAUTH_RATE_LIMIT, seconds: 60 });
  return async (call: Call<Context>): Promise<Context> => {
    if (call.method !== method) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: method } });
    const context = await call.context();
    await context.admission.admitOne();
    const { fits, seconds } = await counter.take(addressKey(context.request.ip));
    if (!fits) throw tooManyAttempts('OAuth requests', seconds);
    context.deps.maintenance.requireOff();
    return context;
  };
}

/**
 * Sends a request to better-auth and returns its response, with the headers that its receiver needs.
 * @param names the headers of the request that better-auth sees.
 */
async function send(
  { oauth, env, secrets }: Deps,
  call: Call<Context>,
  {
    query = '',
    names,
    body,
    type,
    authorization,
  }: { query?: string; names: string[]; body?: string; type?: string; authorization?: string },
): Promise<Response> {
  const { handler } = await oauth();
  const headers = new Headers({
    ...(type !== undefined && { 'content-type': type }),
    ...(authorization !== undefined && { authorization }),
  });
  for (const name of names) {
    const value = call.header(name);
    if (value !== null) headers.set(name, value);
  }
  resignCookies(headers, secrets.authSecrets);
  const url = `${issuerOf(env)}${call.path.slice(AUTH_PATH.length)}${query}`;
  const response = await handler(
    new Request(url, { method: call.method, headers, ...(body !== undefined && { body }) }),
  );
  const shown = new Headers({ 'cache-control': 'no-store' });
  for (const name of ['content-type', 'location', 'www-authenticate']) {
    const value = response.headers.get(name);
    if (value !== null) shown.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers: shown });
}

/**
 * Serves the authorization endpoint (RFC 6749, section 3.1), to which a client sends its person's browser. It leads to
 * the page on which the person signs in or decides, or back to the client.
 */
function authorize(deps: Deps): Surface<Context> {
  const check = createCheck(deps, 'GET', 'authorize');
  return async (call) => {
    await check(call);
    rejectNul(call.query);
    const query = new URLSearchParams(call.query);
    const scopes = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    // better-auth would take a missing scope for all scopes. Every client may renew its access, because its person can end
    // that in the settings.
    const asked = new Set([...(scopes.length > 0 ? scopes : [DEFAULT_SCOPE]), OFFLINE_ACCESS]);
    query.set('scope', [...asked].join(' '));
    // Any program on the person's computer can get what is sent there, so the person decides each time (RFC 8252, 8.6).
    if (URL.parse(query.get('redirect_uri') ?? '')?.protocol !== 'https:') query.set('prompt', 'consent');
    if (!query.has('resource')) query.set('resource', resourceOf(deps.env));
    return send(deps, call, { query: `?${query.toString()}`, names: ['cookie', 'user-agent'] });
  };
}

const Decision = z.strictObject({
  /** The query of the page, which better-auth has signed. */
  query: z.string().max(MAX_BODY),
  /** What the person permits; empty if nothing. */
  scopes: z.array(OauthScope).max(OauthScope.options.length),
});

/** Serves the decision of a person about a client. The response has the `url` that leads back to the client. */
function decide(deps: Deps): Surface<Context> {
  const check = createCheck(deps, 'POST', 'consent');
  return async (call) => {
    const actor = await requireActor(await check(call));
    if (actor.via.kind !== 'session') throw new AppError('FORBIDDEN', { detail: 'Sign in to decide this.' });
    if (actor.isGuest)
      throw new AppError('FORBIDDEN', { detail: 'A guest cannot connect programs. Sign up first.' });
    const input = Decision.safeParse(parseJson(await readBody(call, MAX_BODY)));
    if (!input.success) throw invalidInput(zodIssues(input.error));
    const { query, scopes } = input.data;
    const accept = scopes.length > 0;
    const response = await send(deps, call, {
      names: ['cookie', 'user-agent'],
      type: JSON_TYPE,
      body: JSON.stringify({
        accept,
        oauth_query: resignQuery(query, deps.secrets.authSecrets),
        ...(accept && { scope: [...scopes, OFFLINE_ACCESS].join(' ') }),
      }),
    });
    if (!response.ok) {
      throw new AppError('BAD_REQUEST', { detail: 'This request has expired. Start again in the program.' });
    }
    if (accept) {
      deps.authenticator.invalidate(actor.userId);
      await recordConnection(deps, actor, new URLSearchParams(query).get('client_id') ?? undefined);
    }
    return response;
  };
}

/** Records a connection. A failure is only logged, because the client is connected already. */
async function recordConnection({ db, log }: Deps, actor: Actor, clientId?: string): Promise<void> {
  try {
    await auditActor(db, actor, 'client.connect', clientId);
  } catch (err) {
    log.error({ err, requestId: actor.request.id }, 'failed to write a connected program to the audit trail');
  }
}

/** Reads the body of a request of a client. @throws {AppError} UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST */
async function readText(call: Call<Context>, type: string): Promise<string> {
  if (mediaType(call) !== type) throw new AppError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: type } });
  const text = new TextDecoder().decode(await readBody(call, MAX_BODY));
  rejectNul(text);
  return text;
}

/**
 * Serves the endpoint for tokens or their revocation, which clients call themselves, from any page and without cookies.
 * Its errors are those of RFC 6749, section 5.2.
 */
function clientEndpoint(deps: Deps, name: 'token' | 'revoke'): Surface<Context> {
  const check = createCheck(deps, 'POST', name);
  return async (call) => {
    await check(call);
    const sent = { form: await readText(call, FORM), authorization: call.header('authorization') };
    const { form, authorization } = hashSentSecret(sent);
    return send(deps, call, {
      names: ['user-agent'],
      type: FORM,
      body: form,
      ...(authorization !== null && { authorization }),
    });
  };
}

/** Serves the endpoint at which clients register themselves (RFC 7591). */
function register(deps: Deps): Surface<Context> {
  const check = createCheck(deps, 'POST', 'register');
  return async (call) => {
    await check(call);
    const text = await readText(call, JSON_TYPE);
    if (!deps.env.MCP_DYNAMIC_REGISTRATION) {
      const error_description =
        'Clients cannot register themselves here. Register the client in the settings.';
      return respond({ error: 'access_denied', error_description }, FORBIDDEN);
    }
    const result = await registerItself(deps, parseJson(new TextEncoder().encode(text)));
    return respond(result, 'error' in result ? BAD_REQUEST : CREATED);
  };
}

const respond = (body: object, status: number): Response =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } });

/** Returns the response to a request of a client that failed before better-auth had it. */
function failure(error: ApiError, { id }: Call<Context>): Response {
  const { status, detail, retryAfter } = errors.dataOf(error, id);
  const isClients = status >= BAD_REQUEST && status < INTERNAL && retryAfter === undefined;
  return Response.json(
    { error: isClients ? 'invalid_request' : 'temporarily_unavailable', error_description: detail },
    {
      status,
      headers: {
        'cache-control': 'no-store',
        ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
        ...error.options.headers,
      },
    },
  );
}

/**
 * Returns the endpoints of OAuth 2.1 and its metadata.
 * @returns none if the public URL has no https, which OAuth requires except on this computer.
 */
export function oauthMounts(deps: Deps): Mount<Context>[] {
  if (!isOffered(deps.env)) return [];
  const open = { ignoresCookies: true, anyOrigin: true, failure } as const;
  const issuer = authorizationServer(deps);
  const resource = protectedResource(deps);
  const mounts: Mount<Context>[] = [
    { path: `${AUTH_PATH}/oauth2/authorize`, surface: authorize(deps), usesCookies: true },
    { path: `${AUTH_PATH}/oauth2/consent`, surface: decide(deps), usesCookies: true },
    { path: `${AUTH_PATH}/oauth2/token`, surface: clientEndpoint(deps, 'token'), ...open },
    { path: `${AUTH_PATH}/oauth2/revoke`, surface: clientEndpoint(deps, 'revoke'), ...open },
    { path: `${AUTH_PATH}/oauth2/register`, surface: register(deps), ...open },
    // The second of each pair is where older clients look.
    { path: wellKnown('oauth-authorization-server', AUTH_PATH), surface: issuer, ...open },
    { path: wellKnown('oauth-authorization-server'), surface: issuer, ...open },
    { path: wellKnown('oauth-protected-resource', RESOURCE_PATH), surface: resource, ...open },
    { path: wellKnown('oauth-protected-resource'), surface: resource, ...open },
  ];
  return mounts.map((mount) => ({ ...mount, name: 'oauth' }));
}
