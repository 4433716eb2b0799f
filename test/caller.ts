import { createHash } from 'node:crypto';
import { z } from 'zod';
import { appRouter } from '#routers/index';
import type { RequestInfo } from '#server/people/actor';
import { createContext } from '#server/people/context';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import { createDeps, type Deps } from '#server/compose';
import { parseEnv } from '#server/env';
import type { Logger } from '#server/log/index';
import type { FetchMetadata } from '#server/people/oauth/provider';
import type { Passwords } from '#server/people/passwords';
import { createCallerFactory } from '#server/procedures';
import { testDatabase } from './database.ts';
import { silent } from './logs.ts';

const createCaller = createCallerFactory(appRouter);

/** Every procedure as a function. */
export type Api = ReturnType<typeof createCaller>;

/** A user with an account. */
export interface Person {
  id: string;
  email: string;
  password: string;
  /** The session cookie, as a Cookie header. */
  headers: Headers;
  api: Api;
}

/** The secrets. Without them, an instance would generate its own and write them to the disk. */
export const SECRETS = {
  AUTH_SECRET: 'a secret for tests only of 32 characters',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

const SETTINGS = {
  ...SECRETS,
  NODE_ENV: 'test',
  AUTH_RATE_LIMIT: '100000',
  GUEST_RATE_LIMIT: '100000',
  RATE_LIMIT: '0',
};

/** A cheap hash. With scrypt, each sign-up or sign-in in a test would take a tenth of a second. */
const passwords: Passwords = {
  hash: (password) => Promise.resolve(hashOf(password)),
  verify: ({ hash, password }) => Promise.resolve(hash === hashOf(password)),
};
const hashOf = (password: string) => createHash('sha256').update(password).digest('base64url');

export interface InstanceOptions {
  /** Environment variables. */
  settings?: Record<string, string>;
  log?: Logger;
  database?: () => Promise<Database>;
  /** Fetches the metadata documents of OAuth clients. */
  fetchMetadata?: FetchMetadata;
  /** Receives each line that the instance prints on its console. */
  print?: (line: string) => void;
  /** How often the instance renews its leases and looks for abandoned runs. Set it low if a test waits for that. */
  renewMs?: number;
}

/** Starts an instance of the server on the test database. A second instance in the same file shares the data. */
export async function startInstance({
  settings,
  log = silent,
  database = testDatabase,
  print = () => undefined,
  renewMs,
  fetchMetadata,
}: InstanceOptions = {}): Promise<Deps> {
  return createDeps(parseEnv({ ...SETTINGS, ...settings }), log, [], {
    open: database,
    passwords,
    print,
    renewMs,
    ...(fetchMetadata && { fetchMetadata }),
  });
}

/** Returns what a surface knows about a request with these headers. */
export function requestInfo(headers = new Headers(), signal = new AbortController().signal): RequestInfo {
  return { id: newId(), headers, ip: '203.0.113.7', userAgent: headers.get('user-agent'), signal };
}

/** Returns every procedure, called with these headers. Each call authenticates its caller again. */
export function callAs(deps: Deps, headers = new Headers(), signal?: AbortSignal): Api {
  return createCaller(() => createContext(deps, requestInfo(headers, signal)), signal ? { signal } : {});
}

/** Returns every procedure, called with an API key. */
export function callWithKey(deps: Deps, key: string): Api {
  return callAs(deps, new Headers({ authorization: `Bearer ${key}` }));
}

/** Calls an endpoint of better-auth. `headers` can contain the cookie of a session. */
export function callAuth(deps: Deps, path: string, body: object, headers = new Headers()): Promise<Response> {
  const sent = new Headers(headers);
  sent.set('content-type', 'application/json');
  const url = `http://localhost:3000/api/auth${path}`;
  return deps.auth.handler(new Request(url, { method: 'POST', headers: sent, body: JSON.stringify(body) }));
}

const SignedIn = z.object({ user: z.object({ id: z.string(), email: z.string() }) });

interface Credentials {
  name?: string;
  email?: string;
  password?: string;
}

/** The request of an account that is created in process: it comes from this machine. */
const LOCAL_REQUEST = { ...requestInfo(), isLocal: () => true };

async function enter(deps: Deps, path: string, body: Credentials, headers?: Headers): Promise<Person> {
  const response = await callAuth(deps, path, body, headers);
  if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`);
  const { user } = SignedIn.parse(await response.json());
  if (path === '/sign-up/email') await deps.adminClaim.afterSignUp(user, LOCAL_REQUEST);
  const cookie = response.headers.getSetCookie().flatMap((line) => line.split(';', 1));
  const own = new Headers({ cookie: cookie.join('; ') });
  return { ...user, password: body.password ?? '', headers: own, api: callAs(deps, own) };
}

let people = 0;

/** Creates an account and signs in to it. `guest` is the session of a guest who signs up. */
export function signUp(deps: Deps, name = 'Ada', guest?: Headers): Promise<Person> {
  const email = `${name.toLowerCase()}.${++people}@example.com`;
  return enter(deps, '/sign-up/email', { name, email, password: 'correct horse' }, guest);
}

/** Signs in again, like on a second device. `guest` is the session of a guest who signs in. */
export function signIn(deps: Deps, { email, password }: Person, guest?: Headers): Promise<Person> {
  return enter(deps, '/sign-in/email', { email, password }, guest);
}

/** Starts a guest session. */
export const signInAsGuest = (deps: Deps): Promise<Person> => enter(deps, '/sign-in/anonymous', {});

/** Returns the error code that a call fails with, or the error if it has none. @throws {Error} if the call succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error && 'kind' in error ? error.kind : error;
  }
  throw new Error('The call succeeded.');
}
