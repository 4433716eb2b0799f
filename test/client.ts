import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createTRPCClient, getFetch, httpBatchLink, type TRPCClient } from '@trpc/client';
import superjson from 'superjson';
import { z } from 'zod';
import type { AppRouter } from '#routers/index';
import { checked } from './contract.ts';

/** An answer whose body has been read: parsed where it is JSON, else as text; `null` when there is none. */
export interface ParsedResponse {
  status: number;
  headers: Headers;
  body: unknown;
}

/** What a REST call sends beside its path. */
export interface Sent {
  /** Sent as JSON. */
  json?: unknown;
  headers?: Record<string, string>;
}

/** Somebody who calls a server, always with the same headers. */
export interface Caller {
  /** The server's origin. */
  url: string;
  headers: Record<string, string>;
  /** Calls any path of the server. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Calls a path below /api/v1: `rest('POST /chats', { json: { title } })`. */
  rest: (call: string, sent?: Sent) => Promise<ParsedResponse>;
  rpc: TRPCClient<AppRouter>;
}

/** An account and a session of it. */
export interface Account extends Caller {
  id: string;
  name: string;
  email: string;
  password: string;
}

const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/;

/** Reads the body of a response. */
export async function read(response: Response): Promise<ParsedResponse> {
  const text = await response.text();
  const isJson = JSON_TYPE.test(response.headers.get('content-type') ?? '');
  const body: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

const nodeFetch = getFetch();

/**
 * fetch for tRPC's links. superjson tells plain objects by their prototype, so they must be of the test's realm, while
 * Node's own fetch parses JSON in another one.
 */
export const localFetch: typeof nodeFetch = async (input, init) => {
  const response = await nodeFetch(input, init);
  const foreign = response.json.bind(response);
  return Object.assign(response, { json: async () => JSON.parse(JSON.stringify(await foreign())) });
};

/** Calls below it are held against the OpenAPI document. */
const REST = '/api/v1';

/**
 * A caller with these headers: none for a stranger, `{ authorization }` for an API key.
 * @param isDescribed whether the OpenAPI document tells of what it calls; it does not of a router made for a test.
 */
export function caller(url: string, headers: Record<string, string> = {}, isDescribed = true): Caller {
  const call: Caller['fetch'] = async (path, init = {}) => {
    const own = { ...headers, ...Object.fromEntries(new Headers(init.headers)) };
    const response = await fetch(`${url}${path}`, {
      signal: AbortSignal.timeout(25_000),
      ...init,
      headers: own,
    });
    if (!isDescribed || !path.startsWith(REST)) return response;
    const { method = 'GET', body } = init;
    // A form tells its type by itself.
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const sent = isForm ? new Request(url, { method, headers: own, body }).headers : new Headers(own);
    return checked({ method, path: path.slice(REST.length), headers: sent, body }, response);
  };
  return {
    url,
    headers,
    fetch: call,
    async rest(what, { json, headers: more = {} } = {}) {
      const [method = '', path = ''] = what.split(' ');
      const init: RequestInit = { method, headers: more };
      if (json !== undefined) {
        init.body = JSON.stringify(json);
        init.headers = { 'content-type': 'application/json', ...more };
      }
      return read(await call(`/api/v1${path}`, init));
    },
    rpc: createTRPCClient<AppRouter>({
      links: [
        httpBatchLink({
          url: `${url}/api/trpc`,
          transformer: superjson,
          headers,
          fetch: localFetch,
          maxItems: 10,
        }),
      ],
    }),
  };
}

/** A caller with an API key. */
export const withKey = (url: string, key: string): Caller => caller(url, { authorization: `Bearer ${key}` });

/** The Cookie header that sends back what a response has set. */
export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

/** Posts JSON to an endpoint of /api/auth. */
export function postAuth(url: string, endpoint: string, json: unknown, headers: Record<string, string> = {}) {
  return fetch(`${url}/api/auth${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(25_000),
  });
}

const SignedIn = z.object({ user: z.object({ id: z.string() }) });

async function opened(url: string, response: Response, known: Pick<Account, 'name' | 'email' | 'password'>) {
  if (!response.ok) throw new Error(`No session: ${response.status} ${await response.text()}`);
  const { user } = SignedIn.parse(await response.json());
  return { ...caller(url, { cookie: cookieOf(response) }), ...known, id: user.id };
}

/**
 * Signs up the first account of an installation, which is the admin: with the code that is on the console of the server
 * where that does not know that it is called from this machine, as under `next start`.
 */
export async function signUpAdmin(
  { url, log }: { url: string; log: () => string },
  given: Partial<Account> = {},
): Promise<Account> {
  const account = await signUp(url, given);
  const { open } = await account.rpc.protected.adminClaim.query({});
  if (open) {
    const [, code = ''] = /code in its settings: (\S+)/.exec(log()) ?? [];
    await account.rpc.protected.claimAdmin.mutate({ code });
  }
  return account;
}

/** Signs up a new account; on an empty installation the first is an admin. */
export async function signUp(url: string, given: Partial<Account> = {}): Promise<Account> {
  const known = {
    name: given.name ?? 'Ada Lovelace',
    email: given.email ?? `${randomUUID()}@example.com`,
    password: given.password ?? 'correct horse',
  };
  return opened(url, await postAuth(url, '/sign-up/email', known, given.headers), known);
}

/** Signs in to an account, for another session of it. */
export async function signIn(
  url: string,
  { name, email, password }: Omit<Account, keyof Caller | 'id'>,
): Promise<Account> {
  return opened(url, await postAuth(url, '/sign-in/email', { email, password }), { name, email, password });
}

/** Begins to use the server as a guest. */
export async function signInAsGuest(url: string): Promise<Account> {
  return opened(url, await postAuth(url, '/sign-in/anonymous', {}), {
    name: 'Guest',
    email: '',
    password: '',
  });
}

const Page = z.object({ items: z.array(z.looseObject({ id: z.string() })) });

/** The items of a list answer. */
export const itemsOf = ({ body }: ParsedResponse) => Page.parse(body).items;

const Ided = z.looseObject({ id: z.string() });

/** The id in an answer that has one. */
export const idOf = ({ body }: ParsedResponse) => Ided.parse(body).id;

/** Asks `what` until its answer satisfies `done`, soon at first, then every 50 ms. @throws {Error} after `limitMs` milliseconds. */
export async function until<T>(
  what: () => Promise<T>,
  done: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const giveUpAt = Date.now() + limitMs;
  for (let wait = 4; ; wait = Math.min(2 * wait, 50)) {
    const value = await what();
    if (done(value)) return value;
    if (Date.now() > giveUpAt) throw new Error(`Still not so after ${limitMs} ms: ${JSON.stringify(value)}`);
    await pause(wait);
  }
}

/** One thing to say in a chat. */
export const newMessage = (text: string) => ({
  clientRequestId: randomUUID(),
  parts: [{ type: 'text' as const, text }],
});

/** Says something in a new chat. */
export async function ask(account: Caller, text: string) {
  const chat = await account.rpc.chat.create.mutate({});
  return account.rpc.chat.send.mutate({ chatId: chat.id, ...newMessage(text) });
}

/** Waits until no answer is being written in a chat. @returns its messages, newest last. */
export async function answered({ rpc }: Caller, chatId: string) {
  await until(
    () => rpc.chat.get.query({ id: chatId }),
    (chat) => chat.activeRunId === null,
  );
  return (await rpc.chat.messages.query({ chatId })).items;
}
