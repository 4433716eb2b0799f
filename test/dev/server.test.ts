import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { type Account, signUp, until } from '#test/client';
import { copyForDevelopment, type RunningScript } from './dev-copy.ts';
import { PRODUCT } from '#contract/product';

/** Procedures with mistakes, which are added to the router of users. */
const MISTAKES = `
  throws: open
    .meta({ openapi: { method: 'GET', path: '/mistakes/throws', tags, summary: 'Throws' } })
    .input(z.strictObject({}))
    .output(z.object({ name: z.string() }))
    .query(() => {
      throw new TypeError('the drawer 17 is stuck');
    }),
  rejects: open
    .meta({ openapi: { method: 'GET', path: '/mistakes/rejects', tags, summary: 'Rejects' } })
    .input(z.strictObject({}))
    .output(z.object({ name: z.string() }))
    .query(async ({ ctx }) => {
      await ctx.deps.db.execute('select shoe_size from users');
      return { name: '' };
    }),
  returnsWrong: open
    .meta({ openapi: { method: 'GET', path: '/mistakes/output', tags, summary: 'Returns a wrong output' } })
    .input(z.strictObject({}))
    .output(z.object({ name: z.string() }))
    .query(() => JSON.parse('{"name":17}')),
`;

const Failure = z.object({ status: z.literal(500), detail: z.string(), requestId: z.string() });

/** The first call of a page or an endpoint compiles it, which takes a slow machine minutes. */
const COMPILED_MS = 150_000;
jest.setTimeout(COMPILED_MS + 30_000);

const copy = copyForDevelopment();
let dev: RunningScript;
let ada: Account;

beforeAll(async () => {
  copy.edit('routers/users.ts', (text) =>
    text.replace('= router({\n', `$&${MISTAKES}`).replace('{ admin, router,', '{ admin, open, router,'),
  );
  copy.edit('routers/chat.ts', (text) =>
    text.replace(
      '.mutation(({ ctx, input }) => send(ctx.deps, ctx.actor, input))',
      ".mutation(() => {\n      throw new Error('the send is stuck');\n    })",
    ),
  );
  copy.edit('server/people/context.ts', (text) =>
    text.replace(
      '  let actor: Eventual<Actor | null> | undefined;',
      "  if (request.headers.has('x-mistake')) throw new Error('the context is stuck');\n$&",
    ),
  );
  dev = await copy.start('dev');
  await dev.shows(`${PRODUCT.name} is ready`);
  await fetch(`${dev.url}/api/v1/users/me`, { signal: AbortSignal.timeout(COMPILED_MS) });
  ada = await signUp(dev.url);
}, 2 * COMPILED_MS);
afterAll(() => copy.remove(), 60_000);

/** Returns the location of a line in the format of the terminal. */
function locationOf(file: string, text: string): string {
  const lines = readFileSync(join(copy.folder, file), 'utf8').split('\n');
  return `at ${file}:${lines.findIndex((line) => line.includes(text)) + 1}`;
}

async function fail(path: string, init: RequestInit = {}): Promise<z.output<typeof Failure>> {
  const response = await fetch(`${dev.url}${path}`, { ...init, signal: AbortSignal.timeout(COMPILED_MS) });
  const Body = z.union([Failure, z.object({ error: z.object({ json: z.object({ data: Failure }) }) })]);
  const body = Body.parse(await response.json());
  const failure = 'error' in body ? body.error.json.data : body;
  expect(failure.detail).toBe(`see the server's terminal, request ${failure.requestId}`);
  return failure;
}

/** Returns what the terminal shows for a failed request. */
async function shown({ requestId }: { requestId: string }): Promise<string> {
  const terminal = await dev.shows(new RegExp(`^ +request ${requestId}$`, 'm'));
  const blocks = terminal.split(/^(?=\d\d:\d\d:\d\d )/m);
  return blocks.find((block) => new RegExp(`^ +request ${requestId}$`, 'm').test(block)) ?? '';
}

describe('the terminal shows a mistake and its location, and the response refers to the terminal', () => {
  test('for a thrown error, over REST and RPC, every time', async () => {
    for (const path of ['/api/v1/mistakes/throws', '/api/trpc/users.throws?input={"json":{}}']) {
      const block = await shown(await fail(path));
      expect(block).toContain('users.throws');
      expect(block).toContain('TypeError: the drawer 17 is stuck');
      expect(block).toContain(locationOf('routers/users.ts', 'the drawer 17'));
    }
  });

  test('for an error of the database', async () => {
    const block = await shown(await fail('/api/v1/mistakes/rejects'));
    expect(block).toContain('users.rejects');
    expect(block).toContain('column "shoe_size" does not exist');
    expect(block).toContain(locationOf('routers/users.ts', 'shoe_size'));
    expect(block).toContain('npm run db:generate');
  });

  test('for an output that does not match its schema', async () => {
    const block = await shown(await fail('/api/v1/mistakes/output'));
    expect(block).toContain('users.returnsWrong');
    expect(block).toContain('name must be a string');
  });

  test('for an error in the chat endpoint of the AI SDK', async () => {
    const message = { id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'Hello' }] };
    const block = await shown(
      await fail('/api/chat', {
        method: 'POST',
        headers: { ...Object.fromEntries(new Headers(ada.headers)), 'content-type': 'application/json' },
        body: JSON.stringify({ id: randomUUID(), messages: [message] }),
      }),
    );
    expect(block).toContain('chat.send');
    expect(block).toContain('Error: the send is stuck');
    expect(block).toContain(locationOf('routers/chat.ts', 'the send is stuck'));
  });

  test('for an error in createContext', async () => {
    for (const path of ['/api/v1/users/me', '/api/trpc/users.me']) {
      const block = await shown(await fail(path, { headers: { 'x-mistake': '1' } }));
      expect(block).toContain('Error: the context is stuck');
      expect(block).toContain(locationOf('server/people/context.ts', 'the context is stuck'));
    }
  });

  test('with the new location after an edit, and errors of the catalog are still recognized', async () => {
    copy.edit('server/errors.ts', (text) => `${text}\n// edited\n`);
    copy.edit('routers/users.ts', (text) => text.replace('throw new TypeError', '\n\n      $&'));
    copy.edit('routers/users.ts', (text) => text.replace('drawer 17', 'drawer 18'));
    const block = await until(
      async () => shown(await fail('/api/v1/mistakes/throws')),
      (text) => text.includes('the drawer 18 is stuck'),
    );
    expect(block).toContain(locationOf('routers/users.ts', 'the drawer 18'));
    expect(await ada.rest(`POST /chats/${randomUUID()}/stop`)).toMatchObject({ status: 404 });
  });
});

describe('a migration that is added while the server runs', () => {
  const FOLDER = 'server/db/migrations';

  /** Adds a migration like drizzle-kit. */
  function add(tag: string, sql: string): void {
    copy.write(`${FOLDER}/${tag}.sql`, sql);
    copy.edit(`${FOLDER}/meta/_journal.json`, (text) => {
      const Entries = z.object({ entries: z.array(z.looseObject({ idx: z.number() })) });
      const { entries, ...journal } = Entries.loose().parse(JSON.parse(text));
      const entry = { idx: entries.length, version: '7', when: Date.now(), tag, breakpoints: true };
      return JSON.stringify({ ...journal, entries: [...entries, entry] });
    });
  }
  const status = async () => (await fetch(`${dev.url}/api/v1/mistakes/rejects`)).status;

  test('is applied', async () => {
    expect(await status()).toBe(500);
    add('9001_shoes', 'ALTER TABLE "users" ADD COLUMN "shoe_size" integer;');
    await dev.shows('applied the migration 9001_shoes', 60_000);
    expect(await status()).toBe(200);
  });

  test('is reported if it cannot be applied, and applied when it is fixed', async () => {
    add('9002_hats', 'ALTER TABLE "usres" ADD COLUMN "hat_size" integer;');
    await dev.shows('relation "usres" does not exist', 60_000);
    expect(await status()).toBe(200);
    copy.edit(`${FOLDER}/9002_hats.sql`, (text) => text.replace('usres', 'users'));
    await dev.shows('applied the migration 9002_hats', 60_000);
  });

  test('ends another start with the error of the database if it cannot be applied', async () => {
    add('9003_gloves', 'ALTER TABLE "usres" ADD COLUMN "glove_size" integer;');
    const other = await copy.start('dev', { DATA_DIR: '.data/other' });
    expect(await other.ended()).toBe(1);
    expect(other.terminal()).toContain('relation "usres" does not exist');
    expect(other.terminal()).toContain('ALTER TABLE "usres"');
  }, 120_000);
});

test('a second server on the same folder does not start, and the first one continues', async () => {
  const [, pid] = /^(\d+)$/m.exec(readFileSync(join(copy.folder, '.data/db/server.pid'), 'utf8')) ?? [];
  for (const script of ['dev', 'start'] as const) {
    const other = await copy.start(script);
    expect(await other.ended()).toBe(1);
    const lines = other.terminal().trim().split('\n');
    expect(lines.at(-1)).toBe(
      `The database in .data/db is in use by process ${pid}. Stop that process, or set DATA_DIR or DATABASE_URL to another location.`,
    );
    expect(other.terminal()).not.toContain('Building');
  }
  expect((await fetch(`${dev.url}/api/ready`)).status).toBe(200);
}, 120_000);
