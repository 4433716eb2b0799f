import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { runAdmin } from '#test/admin';
import { type RunningServer, startServer } from '#test/server';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-admin-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Person {
  email: string;
  cookie: string;
}

async function signUp({ url }: RunningServer, name: string): Promise<Person> {
  const email = `${name}@example.com`;
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, password: `a password of ${name}` }),
  });
  expect(response.status).toBe(200);
  return {
    email,
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  };
}

async function get({ url }: RunningServer, { cookie }: Person, path: string): Promise<{ items: object[] }> {
  const response = await fetch(`${url}/api/v1${path}`, { headers: { cookie } });
  return response.json() as Promise<{ items: object[] }>;
}

/** Calls with an idempotency key. @returns the text of the response, which is stored encrypted. */
async function createKey({ url }: RunningServer, { cookie }: Person): Promise<string> {
  const response = await fetch(`${url}/api/v1/protected/api-keys`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'idempotency-key': 'once' },
    body: JSON.stringify({ name: 'test', scope: 'read' }),
  });
  expect(response.status).toBe(201);
  return response.text();
}

/** Puts new secrets before those that a server has generated. */
function addSecrets(DATA_DIR: string): void {
  const path = join(DATA_DIR, 'secrets.json');
  const { authSecret, encryptionKey } = z
    .object({ authSecret: z.string(), encryptionKey: z.string() })
    .parse(JSON.parse(readFileSync(path, 'utf8')));
  const [secret, key] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64')];
  writeFileSync(
    path,
    JSON.stringify({ authSecret: [secret, authSecret], encryptionKey: [key, encryptionKey] }),
  );
}

test('commands work while the server runs, after kill -9, while it starts and while it stops', async () => {
  const server = await startServer({}, 'serve');
  const { settings } = server;
  const ada = await signUp(server, 'ada');
  const ben = await signUp(server, 'ben');
  const show = ['account', 'show', 'ada@example.com'];

  const created = await createKey(server, ada);

  const archive = join(folder, 'backup.zip');
  const [checked, backup, keys, listed, searched, unknown, wrong] = await Promise.all([
    runAdmin(settings, 'doctor'),
    runAdmin(settings, 'backup', archive),
    runAdmin(settings, 'keys', 'list'),
    runAdmin(settings, 'account', 'list'),
    runAdmin(settings, 'account', 'list', '--search', 'ADA', '--limit', '1'),
    runAdmin(settings, 'account', 'show', 'nobody@example.com'),
    runAdmin({ ...settings, DATABASE_URL: 'postgres://127.0.0.1:1/none' }, 'account', 'shout'),
  ]);
  expect(listed).toEqual({
    code: 0,
    err: '',
    out: expect.stringMatching(
      /^ben@example\.com\tuser\tactive\t[-\d]{10}\nada@example\.com\tadmin\tactive\t[-\d]{10}\n$/,
    ),
  });
  expect(searched.out).toMatch(/^ada@example[^\n]*\n$/);
  expect(unknown).toEqual({ code: 1, out: '', err: 'No account has the email nobody@example.com.\n' });
  expect(wrong).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^There is no command [^\n]*\n$/),
  });

  // The settings are those of the server, which has generated its secrets.
  expect(checked).toMatchObject({ code: 0, err: '' });
  expect(checked.out).toMatch(/^ok +migrations +All \d+ migrations are applied\.$/m);
  expect(checked.out).toMatch(/^setting +generated +ENCRYPTION_KEY=[\da-f]{16}$/m);

  expect(backup).toMatchObject({ code: 0, err: '' });
  expect(backup.out).toMatch(
    /^(Statements waited for \d+ ms while [^\n]*\n)?\S+ has \d+ rows in [^\n]* was read back\.\n/,
  );

  expect(keys).toEqual({
    code: 0,
    err: '',
    out: expect.stringMatching(
      /^ENCRYPTION_KEY\t[\da-f]{16}\tfirst\t.*1 stored response\nAUTH_SECRET\t[\da-f]{16}\tfirst\n$/,
    ),
  });

  // The new role applies to the next call of the running server.
  expect(await get(server, ben, '/users')).toMatchObject({ code: 'FORBIDDEN' });
  const [made, restored] = await Promise.all([
    runAdmin(settings, 'account', 'admin', 'Ben@example.com'),
    runAdmin(settings, 'restore', archive),
  ]);
  expect(made.out).toBe('ben@example.com is an admin now.\n');
  expect(restored).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^The database (is not empty|in \S+ is in use by process)[^\n]*\n$/),
  });
  expect((await get(server, ben, '/users')).items).toHaveLength(2);
  const trailOf = async (person: Person) =>
    (await get(server, person, '/protected/audit')).items.filter(
      (item) => 'via' in item && item.via === 'command',
    );
  expect(await trailOf(ben)).toMatchObject([{ action: 'user.set-role.admin', target: expect.any(String) }]);
  expect(await trailOf(ada)).toHaveLength(5);

  await server.kill9();
  // The socket is still there, but no server listens, so the command opens the database.
  const shown = await runAdmin(settings, ...show);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/^id: \S+\nemail: ada@example\.com\nname: ada\nrole: admin\nstate: active\n/);

  addSecrets(settings['DATA_DIR'] ?? '');
  const starting = startServer(settings, 'serve');
  // The server locks the embedded database within this time, and is not ready yet.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await runAdmin(settings, ...show)).toEqual(shown);
  const again = await starting;
  expect(await runAdmin(settings, ...show)).toEqual(shown);

  // Both secrets were rotated with this start.
  expect(await createKey(again, ada)).toBe(created);
  const rotated = await runAdmin(settings, 'keys', 'rotate');
  expect(rotated).toMatchObject({ code: 0, err: '' });
  expect(rotated.out.split('\n')).toEqual([
    expect.stringMatching(/^Re-encrypted .*1 stored response with the key [\da-f]{16}\.$/),
    expect.stringMatching(
      /^No value needs the key [\da-f]{16} any more\. Remove it from \S+secrets\.json, but /,
    ),
    expect.stringMatching(
      /^Older secrets of \S+secrets\.json may have signed at most 2 sessions and 0 access tokens\./,
    ),
    '',
  ]);

  expect(await createKey(again, ada)).toBe(created);

  // A command at the moment of a stop is executed by the server, or waits and opens the database itself.
  const commands = [runAdmin(settings, ...show), runAdmin(settings, ...show)];
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await again.stop()).toBe(0);
  commands.push(runAdmin(settings, ...show));
  for (const { code, err } of await Promise.all(commands)) {
    expect(`${code} ${err}`).toMatch(/^(0 |1 The server (stops|ended)[^\n]* again\.\n)$/);
  }
}, 180_000);
