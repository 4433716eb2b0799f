import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defaultFolder } from '#server/db/folder';
import { openPglite } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import { MAX_LINE_BYTES } from '#server/log/lines';
import { type Account, ask, caller, idOf, postAuth, newMessage, signUp, until, withKey } from '#test/client';
import { silent } from '#test/logs';
import { SECRET, startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { startTcpProxy } from '#test/tcp-proxy';

const { TEST_DATABASE_URL } = process.env;

const provider = await startProviderServer();
afterAll(provider.close);
/** The time limit of a test that starts several servers. */
const LIMIT_MS = 300_000;
/** The texts that the log must not contain. */
const planted = [SECRET, 'secret of the'];
/** Creates a unique text to send. */
function plant(kind: string): string {
  const text = `pl4nt3d${kind}${randomBytes(6).toString('hex')}`;
  planted.push(text);
  return text;
}

/** AI_MODELS fail with errors that the server does not retry. */
const settings = {
  LOG_LEVEL: 'debug',
  AI_BASE_URL: provider.url,
  AI_MODEL: 'openai-compatible/normal',
  AI_MODELS: ['error-401', 'cut', 'malformed', 'error-chunk-429']
    .map((model) => `openai-compatible/${model}`)
    .join(),
  AI_API_KEY: plant('serverkey'),
};

/** Sends everything that a caller can send, with a secret in each place. The responses do not matter. */
async function sendEverything(account: Account, key: string): Promise<void> {
  const { url, headers } = account;
  const strange = {
    'user-agent': plant('agent'),
    referer: `https://${plant('referer')}.test/`,
    'x-api-key': plant('header'),
    'idempotency-key': plant('idempotency'),
    'last-event-id': plant('event'),
    traceparent: `00-${plant('trace')}-b7ad6b7169203331-01`,
    tracestate: `vendor=${plant('state')}`,
    baggage: `user=${plant('baggage')}`,
    'x-forwarded-for': plant('forwarded'),
    cookie: `${headers['cookie'] ?? ''}; other=${plant('cookie')}`,
  };
  const json = { 'content-type': 'application/json', ...strange };
  const post = (path: string, body: unknown, more: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...json, ...more },
      signal: AbortSignal.timeout(25_000),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = (path: string, more: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { headers: { ...strange, ...more }, signal: AbortSignal.timeout(25_000) });
  const text = () => ({ parts: [{ type: 'text', text: plant('chat') }] });
  const sent: Promise<Response>[] = [
    // Sign-up, sign-in and passwords.
    postAuth(url, '/sign-up/email', {
      name: plant('name'),
      email: `${plant('email')}@example.com`,
      password: plant('password'),
    }),
    postAuth(url, '/sign-up/email', { name: 'A', email: account.email, password: plant('password') }),
    postAuth(url, '/sign-in/email', { email: account.email, password: account.password }),
    postAuth(url, '/sign-in/email', { email: account.email, password: plant('password') }),
    postAuth(url, '/sign-in/email', { email: `${plant('email')}@example.com`, password: plant('password') }),
    postAuth(url, '/sign-in/anonymous', {}, { cookie: `better-auth.session_token=${plant('session')}` }),
    post('/api/auth/change-password', { currentPassword: plant('password'), newPassword: plant('password') }),
    // Credentials in the right and in the wrong places.
    get('/api/v1/users/me', { authorization: `Bearer sb_${plant('key')}` }),
    get('/api/v1/users/me', { authorization: `Basic ${plant('basic')}` }),
    get(`/api/v1/protected/api-keys/${plant('path')}`),
    get(`/api/${plant('path')}?token=${plant('query')}`),
    get(`/api/trpc/${plant('procedure')}?input=${plant('input')}`),
    get(`/api/shares/${plant('share').padEnd(32, 'x')}/files/${plant('file')}`),
    get(`/${plant('page')}?token=${plant('query')}`),
    get(`/share/${plant('share').padEnd(32, 'x')}?from=${plant('query')}`),
    get(`/sign-in?next=/share/${plant('next')}`),
    get(`/docs/${plant('page')}?q=${plant('query')}`),
    get(`/api/health?${plant('query')}`),
    get(`/api/auth/oauth2/authorize?client_id=${plant('client')}&state=${plant('state')}`),
    get(`/api/auth/verify-email?token=${plant('token')}&callbackURL=/${plant('link')}`),
    post(`/api/mcp?key=${plant('query')}`, { jsonrpc: '2.0', id: 1, method: plant('method') }),
    post(`/api/v1/${plant('path')}`, {}),
    fetch(`${url}/api/v1/chats`, {
      method: 'POST',
      headers: { ...json, origin: `https://${plant('origin')}.test` },
    }),
    // Data of accounts.
    post('/api/v1/chats', { title: plant('title') }),
    post('/api/v1/chats', { [plant('field')]: plant('title') }),
    post('/api/v1/chats', `{"title":"${plant('json')}`),
    post('/api/v1/protected/api-keys', { name: plant('keyname'), scope: 'write' }),
    fetch(`${url}/api/v1/protected/provider-keys/openai`, {
      method: 'PUT',
      headers: json,
      body: JSON.stringify({ key: plant('providerkey') }),
    }),
    fetch(`${url}/api/v1/users/${account.id}`, {
      method: 'PATCH',
      headers: json,
      body: JSON.stringify({ name: plant('name'), email: `${plant('email')}@example.com` }),
    }),
    get(`/api/v1/chats?search=${plant('search')}`),
    get(`/api/v1/chats?cursor=${plant('cursor')}`),
    get('/settings'),
    get('/chat'),
    // Messages.
    post('/api/trpc/chat.create', { json: { title: plant('title') } }),
    post('/api/chat', {
      id: plant('chatid'),
      messages: [{ id: plant('messageid'), role: 'user', ...text() }],
    }),
    get('/api/v1/chats', { authorization: `Bearer ${key}`, cookie: '' }),
  ];
  await Promise.all(
    sent.map((each) =>
      each.then(
        (response) => response.text(),
        () => '',
      ),
    ),
  );
}

/** Shares a chat, and opens the link in each way. The token is a secret from then on. */
async function openLink(account: Account): Promise<void> {
  const { chatId } = await ask(account, plant('question'));
  const { token, path } = await account.rpc.chat.shares.set.mutate({ chatId });
  planted.push(token);
  const opened = [
    path,
    `${path}?from=${plant('query')}`,
    `/api/v1/shares/${token}`,
    `/api/v1/shares/${token}x`,
  ];
  const input = encodeURIComponent(JSON.stringify({ json: { token } }));
  for (const each of [...opened, `/api/trpc/chat.shares.get?input=${input}`]) {
    await (await fetch(`${account.url}${each}`)).text();
  }
}

/** Sends a question to each model and waits until all answers have ended or failed. */
async function askModels(account: Account): Promise<void> {
  const models = settings.AI_MODELS.split(',');
  await Promise.all(
    models.map(async (model) => {
      const chatId = idOf(await account.rest('POST /chats', { json: { model } }));
      await account.rpc.chat.send.mutate({ chatId, ...newMessage(plant('question')) });
      await until(
        () => account.rpc.chat.get.query({ id: chatId }),
        (chat) => chat.activeRunId === null,
      );
    }),
  );
}

/** Opens the database of a server that has stopped. */
const openOf = ({ settings: { DATA_DIR = '', DATABASE_URL } }: Pick<RunningServer, 'settings'>) =>
  DATABASE_URL === undefined
    ? openPglite(defaultFolder(DATA_DIR), silent)
    : openPostgres(DATABASE_URL, 1, silent);

const Line = z.looseObject({ level: z.number(), msg: z.string() });

/** Checks that a log has no secret and no long line. @returns its lines. */
function checkedLines({ log }: RunningServer) {
  const lines = log().split('\n');
  const longest = Math.max(...lines.map((line) => Buffer.byteLength(line) + 1));
  const leaks = planted.filter((secret) => log().includes(secret));
  expect({ leaks, isLong: longest > MAX_LINE_BYTES }).toEqual({ leaks: [], isLong: false });
  return lines.filter((line) => line.startsWith('{')).map((line) => Line.parse(JSON.parse(line)));
}

describe('the log', () => {
  test(
    'contains no data of callers, no generated secrets and no messages of providers',
    async () => {
      const server = await startServer(settings);
      const account = await signUp(server.url, { password: plant('password') });
      const { key } = await account.rpc.protected.apiKeys.create.mutate({ name: 'test', scope: 'write' });
      planted.push(
        key,
        ...Object.values(account.headers).flatMap((cookie) =>
          cookie.split(/[=;] ?/).filter(({ length }) => length > 30),
        ),
      );
      await sendEverything(account, key);
      await openLink(account);
      await askModels(account);
      await server.stop();
      const lines = checkedLines(server);
      const failed = lines.filter(({ msg, level }) => msg === 'a run failed' && level === 50);
      expect(new Set(failed.map(({ code }) => code))).toEqual(
        new Set(['MODEL_UNAVAILABLE', 'MODEL_UNAUTHORIZED', 'MODEL_BAD_RESPONSE', 'MODEL_RATE_LIMITED']),
      );

      // Each line names the request that sent the question.
      expect(failed.every(({ requestId }) => typeof requestId === 'string')).toBe(true);

      // Every statement that writes data of a caller fails, and its error quotes the data.
      const database = await openOf(server);
      const [row] = await database.execute(sql`select password from accounts`);
      planted.push(z.object({ password: z.string() }).parse(row).password);
      for (const table of [
        'users',
        'accounts',
        'sessions',
        'chats',
        'messages',
        'api_keys',
        'provider_keys',
      ]) {
        await database.execute(
          sql.raw(`alter table ${table} add constraint broken_${table} check (false) not valid`),
        );
      }
      await database.execute(sql`alter table adoptions rename to renamed`);
      await database.close();

      const broken = await startServer(server.settings);
      const again = { ...account, ...caller(broken.url, account.headers) };
      await sendEverything(again, key);
      const failures = await Promise.all(
        Array.from({ length: 100 }, () =>
          withKey(broken.url, key).fetch('/api/v1/chats', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ title: plant('title') }),
          }),
        ),
      );
      expect(new Set(failures.map(({ status }) => status))).toEqual(new Set([500]));
      await broken.stop();

      // The form for people leaves out the same.
      const pretty = await startServer({ ...server.settings, LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug' });
      await sendEverything({ ...account, ...caller(pretty.url, account.headers) }, key);
      await pretty.stop();
      expect(pretty.log()).toContain('a call failed');
      expect(planted.filter((secret) => pretty.log().includes(secret))).toEqual([]);

      const calls = checkedLines(broken).filter(({ msg }) => msg === 'a call failed');
      expect(calls).toContainEqual(
        expect.objectContaining({
          level: 50,
          procedure: 'chat.create',
          userId: account.id,
          ip: '127.0.0.1',
          requestId: expect.any(String),
          status: 500,
        }),
      );
      const created = calls.filter(({ procedure }) => procedure === 'chat.create');
      expect(created.length).toBeLessThanOrEqual(2);
      expect(
        created.map(({ repeated }) => repeated ?? 0).reduce((a, b) => Number(a) + Number(b), 0),
      ).toBeGreaterThanOrEqual(99);
    },
    LIMIT_MS,
  );

  (TEST_DATABASE_URL ? test : test.skip)(
    'contains none of it while the database is unreachable',
    async () => {
      const before = await startServer(settings);
      const account = await signUp(before.url, { password: plant('password') });
      const { key } = await account.rpc.protected.apiKeys.create.mutate({ name: 'test', scope: 'write' });
      await before.stop();
      const database = new URL(before.settings['DATABASE_URL'] ?? '');
      const proxy = await startTcpProxy({ host: database.hostname, port: Number(database.port || 5432) });
      database.host = `127.0.0.1:${proxy.port}`;
      const server = await startServer({ ...before.settings, DATABASE_URL: database.href });
      const again = { ...account, ...caller(server.url, account.headers) };
      await sendEverything(again, key);
      await ask(again, plant('question'));
      await proxy.inject('down');
      await sendEverything(again, key);
      await server.stop();
      await proxy.close();
      const lines = checkedLines(server);
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: 'a call failed', code: 'SERVICE_UNAVAILABLE', level: 50 }),
      );
    },
    LIMIT_MS,
  );
});
