import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createTRPCClient, getFetch, httpBatchLink, type TRPCClient } from '@trpc/client';
import superjson from 'superjson';
import { z } from 'zod';
import type { AppRouter } from '#routers/index';
import { checkContract } from './contract.ts';

/** A response whose body has been read: parsed if it is JSON, otherwise as text; `null` if it is empty. */
export interface ParsedResponse {
  status: number;
  headers: Headers;
  body: unknown;
}

/** The content of a REST request besides its path. */
export interface Sent {
  /** Sent as JSON. */
  json?: unknown;
  headers?: Record<string, string>;
}

/** A client of a server that always sends the same headers. */
export interface Caller {
  /** The server's origin. */
  url: string;
  headers: Record<string, string>;
  /** Sends a request to any path of the server. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends a request to a path below /api/v1: `rest('POST /chats', { json: { title } })`. */
  rest: (call: string, sent?: Sent) => Promise<ParsedResponse>;
  rpc: TRPCClient<AppRouter>;
}

/** An account with a session. */
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
 * fetch for tRPC's links. superjson recognizes plain objects by their prototype, so they must be of the test's realm.
 * Node's own fetch parses JSON in another realm.
 */
export const localFetch: typeof nodeFetch = async (input, init) => {
  const response = await nodeFetch(input, init);
  const foreign = response.json.bind(response);
  return Object.assign(response, { json: async () => JSON.parse(JSON.stringify(await foreign())) });
};

/** Requests below this path are validated against the OpenAPI document. */
const REST = '/api/v1';

/**
 * Creates a caller with these headers: none for a stranger, `{ authorization }` for an API key.
 * @param isDescribed true if the OpenAPI document describes the procedures. It does not describe a router of a test.
 */
export function caller(url: string, headers: Record<string, string> = {}, isDescribed = true): Caller {
  const call: Caller['fetch'] = async (path, init = {}) => {
    const own = { ...headers, ...Object.fromEntries(new Headers(init.headers)) };
    const response = await fetch(`${url}${path}`, {
      signal: AbortSignal.timeout(50_000),
      ...init,
      headers: own,
    });
    if (!isDescribed || !path.startsWith(REST)) return response;
    const { method = 'GET', body } = init;
    // fetch sets the Content-Type of a form.
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const sent = isForm ? new Request(url, { method, headers: own, body }).headers : new Headers(own);
    return checkContract({ method, path: path.slice(REST.length), headers: sent, body }, response);
  };
  return {
    url,
    headers,
    fetch: call,
    async rest(operation, { json, headers: more = {} } = {}) {
      const [method = '', path = ''] = operation.split(' ');
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

/** Creates a caller with an API key. */
export const withKey = (url: string, key: string): Caller => caller(url, { authorization: `Bearer ${key}` });

/** Returns a Cookie header with the cookies that a response has set. */
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
    signal: AbortSignal.timeout(50_000),
  });
}

const SignedIn = z.object({ user: z.object({ id: z.string() }) });

async function accountOf(
  url: string,
  response: Response,
  known: Pick<Account, 'name' | 'email' | 'password'>,
) {
  if (!response.ok) throw new Error(`No session: ${response.status} ${await response.text()}`);
  const { user } = SignedIn.parse(await response.json());
  return { ...caller(url, { cookie: cookieOf(response) }), ...known, id: user.id };
}

/**
 * Signs up the first account of an installation, which becomes the admin. If the server cannot know that the request
 * comes from this machine, as under `next start`, the account claims the role with the code from the server's console.
 */
export async function signUpAdmin(
  { url, log }: { url: string; log: () => string },
  fields: Partial<Account> = {},
): Promise<Account> {
  const account = await signUp(url, fields);
  const { open } = await account.rpc.protected.adminClaim.query();
  if (open) {
    const [, code = ''] = /code in its settings: (\S+)/.exec(log()) ?? [];
    await account.rpc.protected.claimAdmin.mutate({ code });
  }
  return account;
}

/** Signs up a new account. The first account of an installation is the admin. */
export async function signUp(url: string, fields: Partial<Account> = {}): Promise<Account> {
  const known = {
    name: fields.name ?? 'Ada Lovelace',
    email: fields.email ?? `${randomUUID()}@example.com`,
    password: fields.password ?? 'correct horse',
  };
  return accountOf(url, await postAuth(url, '/sign-up/email', known, fields.headers), known);
}

/** Signs in to an account, which creates another session. */
export async function signIn(
  url: string,
  { name, email, password }: Omit<Account, keyof Caller | 'id'>,
): Promise<Account> {
  return accountOf(url, await postAuth(url, '/sign-in/email', { email, password }), {
    name,
    email,
    password,
  });
}

/** Starts a guest session. */
export async function signInAsGuest(url: string): Promise<Account> {
  return accountOf(url, await postAuth(url, '/sign-in/anonymous', {}), {
    name: 'Guest',
    email: '',
    password: '',
  });
}

const Page = z.object({ items: z.array(z.looseObject({ id: z.string() })) });

/** Returns the items of a list. */
export const itemsOf = ({ body }: ParsedResponse) => Page.parse(body).items;

const WithId = z.looseObject({ id: z.string() });

/** Returns the id in the body of a response. */
export const idOf = ({ body }: ParsedResponse) => WithId.parse(body).id;

/**
 * Calls `poll` until its result satisfies `done`: after a few milliseconds at first, then every 50 ms.
 * @throws {Error} after `limitMs` milliseconds.
 */
export async function until<T>(
  poll: () => Promise<T>,
  done: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (let wait = 4; ; wait = Math.min(2 * wait, 50)) {
    const value = await poll();
    if (done(value)) return value;
    if (Date.now() > deadline) throw new Error(`Not done after ${limitMs} ms: ${JSON.stringify(value)}`);
    await pause(wait);
  }
}

/** Returns the input that sends a new message. */
export const newMessage = (text: string) => ({
  clientRequestId: randomUUID(),
  parts: [{ type: 'text' as const, text }],
});

/** Sends a message in a new chat. */
export async function ask(account: Caller, text: string) {
  const chat = await account.rpc.chat.create.mutate({});
  return account.rpc.chat.send.mutate({ chatId: chat.id, ...newMessage(text) });
}

/** Waits until no answer is in progress in a chat. @returns its messages, newest last. */
export async function answered({ rpc }: Caller, chatId: string) {
  await until(
    () => rpc.chat.get.query({ id: chatId }),
    (chat) => chat.activeRunId === null,
  );
  return (await rpc.chat.messages.query({ chatId })).items;
}
