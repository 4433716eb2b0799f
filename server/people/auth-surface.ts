import { z } from 'zod';
import { Email, line, text } from '#contract/common';
import type { ErrorCode } from '#contract/errors';
import {
  addressKey,
  type Call,
  type Counters,
  invalidInput,
  type Eventual,
  mediaType,
  parseJson,
  readBody,
  type Surface,
  zodIssues,
} from '#layer/index';
import type { Deps } from '#server/compose';
import type { Database, Db } from '#server/db/database';
import { databaseAnswers } from '#server/db/readiness';
import type { Env } from '#server/env';
import { AppError, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import { type Actor, changedRequest, type RequestInfo } from './actor.ts';
import { revokeAll } from './api-keys.ts';
import { tooManyAttempts } from './attempts.ts';
import { auditActor, auditFailedSignIn } from './audit.ts';
import { challengeTo, errorOf } from './authenticator.ts';
import type { Context } from './context.ts';
import { isUncommon, TOO_COMMON } from './passwords.ts';
import { limitSignIns } from './sign-in-limit.ts';
import { resignCookies } from './signed-cookies.ts';

const password = text(128);
const newPassword = text(128, 8).refine(isUncommon, TOO_COMMON);
/** The options that better-auth's client may send. callbackURL is dropped, because better-auth would redirect to it. */
const options = {
  callbackURL: text(2000)
    .optional()
    .transform(() => undefined),
  rememberMe: z.boolean().optional(),
};
const nothing = z.strictObject({});

/** The fields of a session that scripts may read: all except its token, which is only in the cookie. */
const Session = z.object({
  id: z.string(),
  userId: z.string(),
  expiresAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
});
/** Input that names an account by its email. */
const WithEmail = z.object({ email: z.string().optional() });
/** Input that asks to revoke the account's API keys. */
const RevokesKeys = z.object({ revokeApiKeys: z.literal(true) });
const SIGN_IN = '/sign-in/email';
const SIGN_UP = '/sign-up/email';
const CHANGE_PASSWORD = '/change-password';
const entered = z.object({ user: z.looseObject({ id: z.string() }) });

interface AuthEndpoint {
  method: 'GET' | 'POST';
  body?: z.core.$ZodType;
  /** The part of better-auth's response that is sent. Fields it does not name are removed. */
  output: z.core.$ZodType;
  /** The setting that limits the requests per minute and IP address. It applies without RATE_LIMIT too. */
  limit?: 'AUTH_RATE_LIMIT' | 'GUEST_RATE_LIMIT';
}

/**
 * The endpoints of better-auth that are open, by their path below /api/auth, with their input and output. All others
 * are closed: either a procedure does the same, with our permissions and our audit trail, or it is not needed.
 */
export const AUTH_ENDPOINTS: Readonly<Record<string, AuthEndpoint>> = {
  [SIGN_UP]: {
    method: 'POST',
    body: z.strictObject({ name: line(100), email: Email, password: newPassword, ...options }),
    output: entered,
    limit: 'AUTH_RATE_LIMIT',
  },
  [SIGN_IN]: {
    method: 'POST',
    body: z.strictObject({ email: Email, password, ...options }),
    output: entered,
    limit: 'AUTH_RATE_LIMIT',
  },
  '/sign-in/anonymous': { method: 'POST', body: nothing, output: entered, limit: 'GUEST_RATE_LIMIT' },
  '/sign-out': { method: 'POST', body: nothing, output: z.object({ success: z.boolean() }) },
  [CHANGE_PASSWORD]: {
    method: 'POST',
    body: z.strictObject({
      currentPassword: password,
      newPassword,
      revokeOtherSessions: z.boolean().optional(),
      /** True revokes the account's API keys too. The default revokes none, because programs depend on them. */
      revokeApiKeys: z.boolean().optional(),
    }),
    output: entered,
    limit: 'AUTH_RATE_LIMIT',
  },
  '/get-session': { method: 'GET', output: entered.extend({ session: Session }).nullable() },
};

const BY_STATUS: Record<number, ErrorCode> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  409: 'CONFLICT',
  422: 'BAD_REQUEST',
};

const Rejection = z.object({ code: z.string().optional(), message: z.string().optional() });

/** better-auth's code if a new user could not be stored, for any reason. */
const NOT_CREATED = 'FAILED_TO_CREATE_USER';
/** better-auth's codes if storing failed although the request was valid. */
const NOT_STORED = new Set([NOT_CREATED, 'FAILED_TO_CREATE_SESSION']);
/** better-auth's code for a wrong password and for an email without an account. */
const WRONG_CREDENTIALS = 'INVALID_EMAIL_OR_PASSWORD';

/** Reads the code and message of an error response of better-auth. */
async function readRejection(response: Response) {
  return Rejection.catch({}).parse(await response.json().catch(() => ({})));
}

/** Converts better-auth's rejection to an error of the catalog. */
async function toAppError(
  status: number,
  { code, message }: z.output<typeof Rejection>,
  deps: Deps,
): Promise<AppError> {
  if (code?.startsWith('USER_ALREADY_EXISTS')) {
    return new AppError('EMAIL_TAKEN', {
      issues: [{ pointer: '/email', message: 'is the email of another account' }],
    });
  }
  const kind = BY_STATUS[status];
  if (kind && !NOT_STORED.has(code ?? '')) {
    return new AppError(kind, message === undefined ? {} : { detail: message });
  }
  if (await databaseAnswers(deps))
    return new AppError('INTERNAL_SERVER_ERROR', { cause: new Error(message ?? code) });
  return new AppError('SERVICE_UNAVAILABLE', { detail: 'The database is not responding.', retryAfter: 2 });
}

async function readInput(call: Call, schema: z.core.$ZodType): Promise<unknown> {
  const bytes = await readBody(call);
  if (bytes.length > 0 && mediaType(call) !== 'application/json') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: 'application/json' } });
  }
  const input = await z.safeParseAsync(schema, bytes.length > 0 ? parseJson(bytes) : {});
  if (!input.success) throw invalidInput(zodIssues(input.error));
  return input.data;
}

function withRole(output: unknown, role: 'admin') {
  const { user } = entered.parse(output);
  return { user: { ...user, role } };
}

/**
 * Returns better-auth's response with only the fields of the schema and the cookies. No other header is needed.
 * @param role the user's role, if it has changed since better-auth created the response.
 */
async function reveal(response: Response, schema: z.core.$ZodType, role?: 'admin'): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const cookie of response.headers.getSetCookie()) headers.append('set-cookie', cookie);
  const output = z.parse(schema, await response.json());
  const revealed = role === undefined ? output : withRole(output, role);
  return new Response(JSON.stringify(revealed), { status: response.status, headers });
}

/**
 * Counts the attempts at each endpoint that has a limit, by IP address.
 * @returns a function that counts one attempt. It throws TOO_MANY_REQUESTS.
 */
function createGuard(env: Env, counters: Counters): (path: string, ip: string | null) => Promise<void> {
  const byPath = new Map(
    Object.entries(AUTH_ENDPOINTS).flatMap(([path, { limit }]) =>
      limit
        ? [[path, counters.exact({ name: `auth ${path}`, limit: env[limit], seconds: 60 })] as const]
        : [],
    ),
  );
  return async (path, ip) => {
    const standing = await byPath.get(path)?.take(addressKey(ip));
    if (standing && !standing.fits) throw tooManyAttempts('attempts', standing.seconds);
  };
}

/** Returns the actor of the session cookie. better-auth looks at no other credential. */
function findBySession({ deps, request, responseHeaders, authenticate }: Context): Eventual<Actor | null> {
  if (!request.headers.has('authorization')) return authenticate();
  const headers = new Headers([...request.headers]);
  headers.delete('authorization');
  return deps.authenticator.authenticate(changedRequest(request, { headers }), responseHeaders);
}

/** Revokes the API keys after a change of the password. @throws {AppError} SERVICE_UNAVAILABLE if that fails. */
async function revokeKeys(deps: Deps, actor: Actor): Promise<void> {
  try {
    await revokeAll(deps, actor);
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', {
      detail: 'The password was changed, but the API keys were not revoked. Revoke them in the settings.',
      cause,
    });
  }
}

/**
 * Records a failed sign-in. The response does not wait for it, because its duration must not reveal whether the account
 * exists. An email without an account is not logged, because people sometimes type their password there.
 */
function recordFailure(
  { database, log }: { database: Database; log: Logger },
  email: string,
  request: RequestInfo,
): void {
  auditFailedSignIn(database, email, request).then(
    (isKnown) => {
      if (isKnown) return;
      log.info({ ip: request.ip, requestId: request.id }, 'sign-in failed for an email without an account');
    },
    (err: unknown) => {
      log.warn({ err, requestId: request.id }, 'failed to write a failed sign-in to the audit trail');
    },
  );
}

/** Records a change of the password. A failure is only logged, because the change cannot be undone. */
async function recordNewPassword({ db, log }: { db: Db; log: Logger }, actor: Actor): Promise<void> {
  try {
    await auditActor(db, actor, 'user.change-password', actor.userId);
  } catch (err) {
    log.error({ err, requestId: actor.request.id }, 'failed to write a password change to the audit trail');
  }
}

/** Serves better-auth, with its input checked by our rules and its errors from our catalog. */
export function createAuthSurface(deps: Deps): Surface<Context> {
  const { authSecrets } = deps.secrets;
  const guard = createGuard(deps.env, deps.counters);
  const signIns = limitSignIns(deps.env, authSecrets, deps.counters);
  async function serve(
    call: Call<Context>,
    context: Context,
    path: string,
    { method, body: schema, output }: AuthEndpoint,
  ): Promise<Response> {
    const { request } = call;
    const url = new URL(call.url);
    // better-auth would store that the session is in use.
    if (deps.maintenance.isOn()) url.searchParams.set('disableRefresh', 'true');
    const before = method === 'POST' ? await findBySession(context) : null;
    const headers = new Headers(request.headers);
    headers.delete('x-forwarded-for');
    if (context.request.ip !== null) headers.set('x-forwarded-for', context.request.ip);
    // better-auth deletes the cookie of an ended session, and thereby the cookie of the session it has just created.
    const signsIn = path.startsWith('/sign-in/') || path.startsWith('/sign-up/');
    if (signsIn && !before) headers.delete('cookie');
    resignCookies(headers, authSecrets);
    const init: RequestInit = { method, headers, signal: context.request.signal };
    let email: string | undefined;
    let revokesKeys = false;
    if (schema) {
      const input = await readInput(call, schema);
      revokesKeys = RevokesKeys.safeParse(input).success;
      init.body = JSON.stringify(input);
      headers.set('content-type', 'application/json');
      headers.delete('content-length');
      email = WithEmail.parse(input).email;
    }
    const takeBack =
      path === SIGN_IN && email !== undefined ? await signIns.count(email, request.headers) : undefined;
    async function send() {
      try {
        const response = await deps.auth.handler(new Request(url, init));
        return { response, rejection: response.ok ? undefined : await readRejection(response) };
      } catch (error) {
        await takeBack?.();
        throw error;
      }
    }
    let sent = await send();
    // If two sign-ups with one email run at the same time, the second is not stored. A retry returns the reason.
    if (sent.rejection?.code === NOT_CREATED) sent = await send();
    const { response, rejection } = sent;
    const { code = '' } = rejection ?? {};
    // A password that was not wrong, or not compared, does not count as a guess.
    if (response.ok || response.status >= 500 || NOT_STORED.has(code)) await takeBack?.();
    if (path === SIGN_IN && email !== undefined && code === WRONG_CREDENTIALS)
      recordFailure(deps, email, context.request);
    if (response.status === 401)
      context.responseHeaders.set('www-authenticate', challengeTo(errorOf(request.headers)));
    if (rejection) throw await toAppError(response.status, rejection, deps);
    // Only sessions of the caller can have ended: by a sign-out, by a new password, or because a guest got an account.
    // Do not wait for the database to notify this instance.
    if (before) deps.authenticator.invalidate(before.userId);
    if (before && path === CHANGE_PASSWORD) await recordNewPassword(deps, before);
    if (before && revokesKeys) await revokeKeys(deps, before);
    let isAdmin = false;
    if (path === SIGN_UP && email !== undefined) {
      const { user } = entered.parse(await response.clone().json());
      isAdmin = await deps.adminClaim.afterSignUp({ id: user.id, email }, context.request);
    }
    const revealed = await reveal(response, output, isAdmin ? 'admin' : undefined);
    if (email !== undefined) revealed.headers.append('set-cookie', signIns.remember(email, request.headers));
    return revealed;
  }

  return async (call) => {
    const path = call.path.slice('/api/auth'.length);
    const endpoint = Object.hasOwn(AUTH_ENDPOINTS, path) ? AUTH_ENDPOINTS[path] : undefined;
    if (!endpoint) throw notFound('authentication endpoint');
    const { method } = endpoint;
    if (call.method !== method) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: method } });
    const context = await call.context();
    await context.admission.admitOne();
    await guard(path, context.request.ip);
    const work = () => serve(call, context, path, endpoint);
    return method === 'POST' ? deps.maintenance.write(work) : work();
  };
}
