import { createServer } from 'node:http';
import { initTRPC, tracked } from '@trpc/server';
import type { Page } from '@playwright/test';
import superjson from 'superjson';
import { z } from 'zod';
import { createNodeListener } from '#layer/hosts/node';
import { createApi, type Meta, trackedIterable } from '#layer/index';
import { expect, PASSWORD, test } from './site.ts';
import { postAuth } from '../client.ts';
import { listen } from '../listen.ts';

const t = initTRPC.meta<Meta>().create({ transformer: superjson, isDev: true });
const Echo = z.object({ input: z.string() });
const echo = ({ input }: { input: unknown }) => ({ input: superjson.stringify(input) });

interface Expression {
  op: 'add' | 'not';
  parts: (Expression | number)[];
}
const Expression: z.ZodType<Expression> = z.object({
  op: z.enum(['add', 'not']),
  get parts() {
    return z.array(z.union([z.number(), Expression]));
  },
});

/** Inputs of all kinds, each with a value that the form must be able to write, as JSON. */
const KINDS = {
  texts: [
    z.object({ id: z.uuid(), long: z.string(), short: z.string().max(9).optional() }),
    { id: '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f', long: 'a\nb "c" & d' },
  ],
  numbers: [
    z.object({ whole: z.int(), part: z.number().optional(), big: z.bigint() }),
    { whole: -1, part: 0.5, big: '12345678901234567890' },
  ],
  dates: [
    z.object({ at: z.date(), day: z.iso.date(), list: z.array(z.date()) }),
    { at: '2026-01-31T09:30:00.123Z', day: '2026-02-01', list: ['2027-01-01T00:00:00.000Z'] },
  ],
  unions: [
    z.object({
      animal: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('cat'), lives: z.int() }),
        z.object({ kind: z.literal('dog'), born: z.date() }),
      ]),
      value: z.union([z.number(), z.boolean(), z.string().nullable()]),
      choice: z.literal(['a', 2]),
    }),
    { animal: { kind: 'dog', born: '2026-01-31T09:30:00.000Z' }, value: null, choice: 2 },
  ],
  lists: [
    z.object({
      rows: z.array(z.array(z.object({ tags: z.set(z.string()) }))),
      pair: z.tuple([z.string(), z.int()]),
    }),
    { rows: [[{ tags: ['a', 'b'] }, { tags: [] }], []], pair: ['a', 1] },
  ],
  maps: [
    z.object({ plain: z.record(z.string(), z.int()), dated: z.map(z.string(), z.date()) }),
    { plain: { 'a.b': 1, '': 2 }, dated: { x: '2026-01-31T09:30:00.000Z' } },
  ],
  nested: [
    z.object({
      outer: z.object({ must: z.string(), inner: z.object({ must: z.boolean() }).optional() }).optional(),
      'a.b': z.object({ at: z.date() }),
    }),
    { outer: { must: 'x', inner: { must: false } }, 'a.b': { at: '2026-01-31T09:30:00.000Z' } },
  ],
  recursive: [z.object({ root: Expression }), { root: { op: 'add', parts: [1, { op: 'not', parts: [] }] } }],
  intersected: [
    z.object({ both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.date() })) }),
    { both: { a: 'x', b: '2026-01-31T09:30:00.000Z' } },
  ],
  anything: [
    z.object({ any: z.unknown(), others: z.looseObject({ a: z.string() }) }),
    { any: [1, { b: null }], others: { a: 'x', c: [2] } },
  ],
} satisfies Record<string, [z.ZodType, unknown]>;

const router = t.router({
  ...Object.fromEntries(
    Object.entries(KINDS).map(([name, [schema]]) => [
      name,
      t.procedure
        .meta({ openapi: { method: 'POST', path: `/${name}` } })
        .input(schema)
        .output(Echo)
        .mutation(echo),
    ]),
  ),
  find: t.procedure
    .meta({ openapi: { method: 'GET', path: '/things/{id}' } })
    .input(z.object({ id: z.string(), tags: z.array(z.string()), size: z.int().max(9) }))
    .output(Echo)
    .query(echo),
  bare: t.procedure.output(z.string()).query(() => 'bare'),
  upload: t.procedure
    .meta({ openapi: { method: 'POST', path: '/upload' } })
    .input(z.object({ file: z.file(), name: z.string() }))
    .output(z.object({ size: z.int(), name: z.string() }))
    .mutation(({ input }) => ({ size: input.file.size, name: input.name })),
  watch: t.procedure
    .meta({ openapi: { enabled: false, method: 'GET', path: '/watch' }, rest: { sse: true } })
    .output(trackedIterable(z.object({ seen: z.int() })))
    .subscription(async function* ({ signal }) {
      for (let seen = 0; signal?.aborted !== true; seen += 1) {
        yield tracked(String(seen), { seen });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }),
});
const api = createApi({ router, createContext: () => ({}), docs: {}, warn: () => undefined });

let url = '';
let close = () => {};
test.beforeAll(async () => {
  const listener = createNodeListener(api);
  const server = createServer((req, res) => void listener(req, res));
  url = `http://127.0.0.1:${await listen(server)}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
test.afterAll(() => close());

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
}

/** Sends the form. @returns the status of the response, and its JSON. */
async function send(page: Page, confirms = false): Promise<{ status: number; body: unknown }> {
  // The browser keeps no body that a page has read as a stream.
  await page.evaluate(() => {
    const send = window.fetch.bind(window);
    window.fetch = async (...sent) => {
      window.fetch = send;
      const response = await send(...sent);
      document.body.dataset['answer'] = JSON.stringify([response.status, await response.clone().json()]);
      return response;
    };
    delete document.body.dataset['answer'];
  });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  if (confirms) await page.getByRole('button', { name: 'Send it' }).click();
  const body = page.locator('body');
  await expect(body).toHaveAttribute('data-answer');
  const answer = z.tuple([z.int(), z.unknown()]);
  const [status, received] = answer.parse(JSON.parse((await body.getAttribute('data-answer')) ?? ''));
  return { status, body: received };
}

const json = (page: Page) => page.getByLabel('Input as JSON');
const over = (page: Page, surface: 'REST' | 'RPC') =>
  page.getByRole('radio', { name: surface, exact: true }).check();
const Answer = z.object({ result: z.object({ data: z.object({ json: Echo }) }) });

test('the form can write inputs of all kinds, and both surfaces receive the same', async ({ browser }) => {
  const page = await browser.newPage({ timezoneId: 'America/St_Johns' });
  for (const [name, [schema, value]] of Object.entries(KINDS)) {
    await open(page, `${url}/api/docs/${name}`);
    await json(page).fill(JSON.stringify(value));
    // After a change in the form, its JSON comes from the form.
    await page.locator('.try-form > *').dispatchEvent('input');
    expect([name, JSON.parse(await json(page).inputValue())]).toEqual([name, value]);
    const rest = await send(page, true);
    expect([name, rest.status]).toEqual([name, 200]);
    await over(page, 'RPC');
    const rpc = await send(page);
    expect([name, Answer.parse(rpc.body).result.data.json]).toEqual([name, rest.body]);
    expect(schema.safeParse(superjson.parse(Echo.parse(rest.body).input)).success).toBe(true);
  }
  await page.close();
});

test('fields are filled in, added, removed and left out', async ({ browser }) => {
  const page = await browser.newPage();
  await open(page, `${url}/api/docs/nested`);
  await json(page).fill('{ "a.b": { "at": "2026-01-31T09:30:00.000Z" } }');
  await expect(page.getByRole('textbox', { name: 'must' })).toBeHidden();
  await page.getByLabel('Send outer').check();
  await page.getByRole('textbox', { name: 'must' }).fill('text');
  expect(JSON.parse(await json(page).inputValue())).toMatchObject({ outer: { must: 'text' } });
  await page.getByLabel('Send outer').uncheck();
  expect(JSON.parse(await json(page).inputValue())).not.toHaveProperty('outer');

  await open(page, `${url}/api/docs/recursive`);
  await json(page).fill('{ "root": { "op": "not", "parts": [] } }');
  await page.getByRole('button', { name: 'Add an item' }).click();
  await page.getByLabel('Form of parts item').selectOption({ index: 1 });
  await page.getByLabel('op', { exact: true }).nth(1).selectOption('add');
  await page.getByRole('button', { name: 'Add an item' }).first().click();
  await page.getByLabel('parts item', { exact: true }).fill('7');
  expect(JSON.parse(await json(page).inputValue())).toEqual({
    root: { op: 'not', parts: [{ op: 'add', parts: [7] }] },
  });
  await page.getByRole('button', { name: 'Remove' }).last().click();
  expect(JSON.parse(await json(page).inputValue())).toEqual({ root: { op: 'not', parts: [] } });
  await page.close();
});

test('errors are at their fields, over both surfaces', async ({ browser }) => {
  const page = await browser.newPage();
  await open(page, `${url}/api/docs/find`);
  await json(page).fill('{ "id": "a/b", "tags": ["x", "y"], "size": 10 }');
  for (const surface of ['REST', 'RPC'] as const) {
    await over(page, surface);
    expect((await send(page)).status).toBe(400);
    const row = page.locator('.row', { has: page.getByLabel('size') });
    await expect(row.locator('.issue')).toContainText('9');
  }
  await page.getByLabel('size').fill('9');
  await over(page, 'REST');
  const { status, body } = await send(page);
  await expect(page.locator('.issue', { hasText: '9' })).toBeHidden();
  expect([status, superjson.parse(Echo.parse(body).input)]).toEqual([
    200,
    { id: 'a/b', tags: ['x', 'y'], size: 9 },
  ]);
  await json(page).fill('{ "id": ');
  await expect(page.getByRole('alert').first()).toContainText('This is not JSON');
  await page.close();
});

test('files are sent, streams are shown as they come, and can be canceled', async ({ browser }) => {
  const page = await browser.newPage();
  await open(page, `${url}/api/docs/upload`);
  await page
    .getByLabel('file')
    .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('12345') });
  await page.getByLabel('name', { exact: true }).fill('a');
  expect(await send(page, true)).toEqual({ status: 200, body: { size: 5, name: 'a' } });

  await open(page, `${url}/api/docs/watch`);
  for (const surface of ['REST', 'RPC'] as const) {
    await over(page, surface);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.locator('.events li').nth(3)).toContainText('seen');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Canceled.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
  }
  await page.close();
});

test('the reference of the product calls it as the signed-in person, or with a key only', async ({
  openBrowser,
  site,
}) => {
  const person = { name: 'Ada', email: 'try@example.com', password: PASSWORD };
  const cookie = (await postAuth(site.server.url, '/sign-up/email', person)).headers
    .getSetCookie()
    .join('; ');
  const created = await fetch(`${site.server.url}/api/v1/protected/api-keys`, {
    method: 'POST',
    headers: { cookie, origin: site.server.url, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'try', scope: 'read' }),
  });
  const { key } = z.object({ key: z.string() }).parse(await created.json());
  const context = await openBrowser(1440);
  const [name, ...value] = (cookie.split(';')[0] ?? '').split('=');
  await context.addCookies([{ name: name ?? '', value: value.join('='), url: site.server.url }]);
  const page = await context.newPage();
  await open(page, '/docs/users/me');
  for (const surface of ['REST', 'RPC'] as const) {
    await over(page, surface);
    expect((await send(page)).status).toBe(200);
    await expect(page.locator('.result-body')).toContainText('try@example.com');
  }
  await page.getByRole('radio', { name: 'with a key' }).check();
  await page.getByLabel('Key', { exact: true }).fill(key);
  await context.clearCookies();
  expect((await send(page)).status).toBe(200);
  await page.reload();
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('');
});

test('every form of the product shows the example of its page, and changes nothing of it', async ({
  openBrowser,
  site,
}) => {
  const index = z.object({ pages: z.array(z.object({ kind: z.string(), name: z.string() })) });
  const { pages } = index.parse(await (await fetch(`${site.server.url}/docs/index.json`)).json());
  const procedures = pages.filter(({ kind }) => ['query', 'mutation', 'subscription'].includes(kind));
  expect(procedures.length).toBeGreaterThan(40);
  const page = await (await openBrowser()).newPage();
  await page.goto('/docs');
  const changed = await page.evaluate(
    async (names) => {
      const found: string[] = [];
      for (const name of names) {
        const html = await (await fetch(`/docs/${name.replaceAll('.', '/')}`)).text();
        const section = new DOMParser().parseFromString(html, 'text/html').querySelector<HTMLElement>('.try');
        if (!section) return [`${name} has no form`];
        document.body.replaceChildren(document.adoptNode(section));
        const { start } = (await import(section.dataset['script'] ?? '')) as {
          start: (place: HTMLElement) => Promise<void>;
        };
        await start(section);
        const json = section.querySelector<HTMLTextAreaElement>('.json');
        const before = json?.value;
        section.querySelector('.try-form > *')?.dispatchEvent(new Event('input', { bubbles: true }));
        if (json?.value !== before) found.push(name);
      }
      return found;
    },
    procedures.map(({ name }) => name),
  );
  expect(changed).toEqual([]);
});
