import { describe, expect, test } from '@jest/globals';
import { type AnyTRPCRouter, initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { CORE_ERRORS, type ErrorDefinition } from '../errors/catalog.ts';
import { problemSchemaOf } from '../errors/schema.ts';
import { api, attribute, elementsOf, EVIL, indexedPages, open, t, textOf } from './testkit.ts';

test('every page links to pages that exist, loads only its own files, and runs no inline script', async () => {
  const seen = new Set<string>();
  const pending = ['/api/docs'];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const response = await api.request(path);
    expect([path, response.status]).toEqual([path, 200]);
    if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
    const all = elementsOf(await response.text());
    expect(all.filter(({ tagName }) => tagName === 'style')).toEqual([]);
    const scripts = all.filter(({ tagName }) => tagName === 'script');
    expect(scripts.map((script) => attribute(script, 'src') ?? textOf(script))).toEqual([
      expect.stringMatching(/^\/api\/docs\/assets\/[\w.-]+$/),
      expect.stringMatching(/^\/api\/docs\/assets\/[\w.-]+$/),
    ]);
    for (const element of all) {
      for (const { name, value } of element.attrs) {
        expect(name).not.toMatch(/^on|^style$/);
        if (name === 'href' || name === 'src') expect(value).not.toMatch(/^javascript:/i);
        if (name === 'href' && value.startsWith('/')) pending.push(value.replace(/#.*$/, ''));
      }
    }
    expect(all.some(({ tagName }) => tagName === 'img')).toBe(false);
  }
  const pages = await indexedPages();
  for (const { path } of pages) expect(seen).toContain(`/api/docs/${path}`);
  expect(pages.length).toBeGreaterThan(35);
});

test('names in the navigation break before a capital, and not within a word', async () => {
  const page = await (await api.request('/api/docs/procedures/errors/list')).text();
  expect(page).toMatch(/>last<wbr \/>Seen<\/a/);
});

describe('the page of a procedure', () => {
  test('has its summary, description, access, limits, repetition and source', async () => {
    const { text, all } = await open('/api/docs/things/get');
    expect(text).toContain('things.get Get a thing Reads one thing. Bad good');
    expect(text).toContain('GET /api/v1/things/{id}');
    expect(text).toContain('Anyone, without authentication.');
    expect(text).toContain('One of 5 calls.');
    expect(text).toContain('Safe: it changes nothing');
    const hrefs = all.map((element) => attribute(element, 'href'));
    expect(hrefs).toEqual(
      expect.arrayContaining(['https://example.com', 'https://code.example/src/things.get.ts']),
    );
  });

  test('describes each field with its type, place, limits, default and description', async () => {
    const { text } = await open('/api/docs/things/get');
    expect(text).toMatch(/id string required path ?a UUID/);
    expect(text).toMatch(/deep boolean optional query ?Everything\. ?Default false/);
  });

  test('describes a recursive schema once', async () => {
    const { text } = await open('/api/docs/things/get');
    expect(text).toMatch(/children list of Node required ?Described elsewhere on this page\./);
  });

  test('describes unions, maps and files', async () => {
    const { text } = await open('/api/docs/things/create');
    expect(text).toMatch(/animal object required body ?2 forms ?kind: "cat"/);
    expect(text).toMatch(/lives integer required ?1 to 9/);
    expect(text).toMatch(/name string required ?What to call\. ?at most 20 characters/);
    expect(text).toMatch(/counts map of integer required/);
    expect(text).toMatch(/file file optional/);
    expect(text).toContain('key with the scope write, as header Authorization: Bearer …');
    expect(text).toContain('Only by day.');
    expect(text).toContain('A file has at most 10 MiB');
  });

  test('says what cannot be described', async () => {
    const put = await open('/api/docs/things/put');
    expect(put.text).toContain('output.shape is a custom, which no JSON Schema describes.');
    expect(put.text).toContain(
      'Deprecated since 2026-01-31. It will be removed on 2027-01-31. Use things.create instead.',
    );
    expect(put.html).toContain('<a href="/api/docs/things/create"');
    const markdown = await (await api.request('/api/docs/things/put.md')).text();
    expect(markdown).toContain('**Deprecated** since 2026-01-31.');
    expect((await open('/api/docs/things')).text).toMatch(/things\.put deprecated/);
    expect(put.text).toContain('Idempotent');
    const bare = await open('/api/docs/things/bare');
    expect(bare.text).toContain('The procedure declares no output, so it cannot be described.');
    expect(bare.text).toContain('Not served over REST.');
  });

  test('describes the events of a subscription', async () => {
    const { text } = await open('/api/docs/things/watch');
    expect(text).toMatch(/A stream of server-sent events.*seen integer required/);
    expect(text).toContain('Reconnect with the id of the last event');
  });

  test('is in procedures/ if its name is that of another page, and is found in lazy routers', async () => {
    expect((await open('/api/docs/procedures/errors/list')).text).toContain('errors.list');
    expect((await open('/api/docs/errors')).text).toContain('RFC 9457');
    expect((await open('/api/docs/late/ping')).text).toContain('late.ping');
  });

  test('has calls that its own procedure accepts', async () => {
    const calls = await callsOf('things/create');
    const url = 'http://localhost:3000/api/v1/things';
    expect(calls['fetch']).toContain(
      `await fetch('${url}', {\n  method: 'POST',\n  headers: { authorization: `,
    );
    const [, body = ''] = /-d '([^]*)'/.exec(calls['curl'] ?? '') ?? [];
    const response = await api.request('/api/v1/things', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([await response.json(), response.status]).toEqual([{ id: '1' }, 201]);
  });
});

/** Returns the calls on the page of a procedure, by their callers. */
async function callsOf(path: string): Promise<Record<string, string>> {
  const markdown = await (await api.request(`/api/docs/${path}.md`)).text();
  const found = markdown.matchAll(/^(\w+):\n\n```\w+\n([^]*?)\n```/gm);
  return Object.fromEntries(Array.from(found, ([, title = '', code = '']) => [title, code]));
}

describe('the calls of a procedure', () => {
  test('are there for each of its callers', async () => {
    const callers = async (path: string) => Object.keys(await callsOf(path));
    const all = ['React', 'Server', 'tRPC', 'SDK', 'curl', 'fetch', 'Python', 'MCP', 'Output'];
    expect(await callers('things/get')).toEqual(all);
    expect(await callers('things/bare')).toEqual(['React', 'Server', 'tRPC', 'MCP']);
    expect(await callers('things/watch')).not.toContain('MCP');
    expect(await callers('things/upload')).toEqual(['curl', 'fetch']);
  });

  test('write values that JSON lacks as JavaScript', async () => {
    const { Server } = await callsOf('things/types');
    const date = "new Date('2026-01-31T09:30:00.000Z')";
    expect(Server).toContain(`at: ${date},`);
    expect(Server).toMatch(/big: '?-?\d+n,/);
    expect(Server).toContain("tags: new Set(['a'])");
    expect(Server).toMatch(/counts: new Map\(Object\.entries\(\{/);
    expect(Server).toContain(`list: [{ on: ${date} }]`);
  });

  test('take the parameters of a path first in a generated client', async () => {
    const { SDK } = await callsOf('things/get');
    expect(SDK).toMatch(/^const output = await zoo\.stuff\.get\('[\w-]+', \{ deep: false \}\);$/);
  });

  test('quote text for the shell', async () => {
    const { curl, fetch: sent } = await callsOf('things/upload');
    expect(curl).toContain(`-F 'photo=@file.bin'`);
    expect(sent).toContain(`form.append('photo', file);`);
    expect(curl).toContain(String.raw`-F 'it'\''s=$(x) "y" '\''z'\'''`);
  });

  test('are radio buttons, of which the first is chosen', async () => {
    const { all } = await open('/api/docs/things/get');
    const radios = all.filter((element) => attribute(element, 'type') === 'radio');
    const values = radios.map((radio) => attribute(radio, 'value'));
    expect(values).toEqual(['react', 'server', 'trpc', 'sdk', 'curl', 'fetch', 'python', 'ai-sdk', 'mcp']);
    expect(radios.map((radio) => attribute(radio, 'checked') !== undefined).lastIndexOf(true)).toBe(0);
  });
});

test('the page of an error has its meaning, what to do, an example and its procedures', async () => {
  const { text } = await open('/api/docs/errors/UNAUTHORIZED');
  expect(text).toContain('UNAUTHORIZED Authentication required');
  expect(text).toContain('Send a valid credential.');
  expect(text).toContain('"code": "UNAUTHORIZED"');
  expect(text).toMatch(/4 of 11 procedures can respond with status 401/);
});

describe('a code that the meta of a procedure names', () => {
  const codes = {
    ...CORE_ERRORS,
    FROZEN: { status: 409, title: 'The thing is frozen', retryable: false },
  } satisfies Record<string, ErrorDefinition>;
  const create = (router: AnyTRPCRouter) =>
    createApi({
      router,
      createContext: () => ({}),
      openapi: {
        title: 'T',
        version: '1',
        errors: { codes, fields: {}, schema: problemSchemaOf(Object.keys(codes), {}) },
      },
      docs: { path: '/docs' },
      warn: () => undefined,
    });
  const mutation = t.procedure.output(z.void());
  const textAt = async (api: ReturnType<typeof create>, path: string) =>
    (await api.request(`/docs/${path}.md`)).text();

  test('is listed only at the procedures that name it, as are procedures at its page', async () => {
    const named = create(
      t.router({
        thaw: mutation.meta({ errors: ['FROZEN'] }).mutation(() => undefined),
        other: mutation.mutation(() => undefined),
      }),
    );
    expect(await textAt(named, 'thaw')).toContain('FROZEN');
    expect(await textAt(named, 'other')).not.toContain('FROZEN');
    expect(await textAt(named, 'other')).toContain('CONFLICT');
    expect(await textAt(named, 'errors/FROZEN')).toContain('1 of 2 procedures can report it.');
    const unnamed = create(t.router({ other: mutation.mutation(() => undefined) }));
    expect(await textAt(unnamed, 'other')).toContain('FROZEN');
  });

  test('must be a code of the API', () => {
    const router = t.router({ thaw: mutation.meta({ errors: ['FROZE'] }).mutation(() => undefined) });
    expect(() => create(router)).toThrow(
      'thaw: "FROZE" of `errors` in its meta is not one of the codes in `openapi.errors`.',
    );
    // The meta of another tool.
    const other = initTRPC.meta<object>().create();
    const foreign = other.router({
      thaw: other.procedure
        .meta({ errors: { a: 1 } })
        .output(z.void())
        .mutation(() => undefined),
    });
    expect(() => create(foreign)).not.toThrow();
  });
});

test('guides link to each other and to the repository, and show markup as text', async () => {
  const { all, text } = await open('/api/docs/guides/start');
  const hrefs = all.map((element) => attribute(element, 'href'));
  expect(hrefs).toContain('/api/docs/guides/sub/more#b');
  expect(hrefs).toContain('https://code.example/src/a.ts');
  expect(text).toContain('<b>tags</b>');
  expect(all.filter(({ tagName }) => tagName === 'td')).toHaveLength(2);
});

describe('each page is also Markdown', () => {
  test.each([
    ['/api/docs/things/get.md', {}],
    ['/api/docs/things/get', { accept: 'text/markdown' }],
    ['/api/docs/things/get', { accept: 'text/markdown, text/html;q=0.9' }],
  ])('at %s with %j', async (path, headers) => {
    const response = await api.request(path, { headers });
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^# Get a thing\n\n`things\.get`/);
    expect(text).toContain('- `deep` (optional in the query): `boolean`, default `false`. Everything.');
  });

  test('but browsers get HTML', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const response = await api.request('/api/docs/things/get', { headers: { accept } });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toContain('Accept');
  });

  test('with text that cannot leave its place', async () => {
    const evil = (await indexedPages()).find(({ name }) => name.includes('<script>'));
    const text = await (await api.request(`/api/docs/${evil?.path}.md`)).text();
    expect(text).toContain('(optional in the query): `string`');
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  });
});

test('llms.txt lists all pages with links to their Markdown', async () => {
  for (const path of ['/llms.txt', '/api/docs/llms.txt']) {
    const text = await (await api.request(path)).text();
    expect(text).toMatch(/^# Zoo & Co\n\n> All about animals\.\n/);
    expect(text).toContain('- [things.get](/api/docs/things/get.md): Get a thing');
    expect(text).toContain('- [Start here](/api/docs/guides/start.md)');
  }
});

test('the index leaves out paths and titles that follow from the names', async () => {
  const response = await api.request('/api/docs/index.json');
  const { pages }: { pages: unknown[] } = await response.json();
  expect(pages).toContainEqual({ kind: 'query', name: 'things.get', title: 'Get a thing' });
  expect(pages).toContainEqual({ kind: 'router', name: 'things' });
  expect(pages).toContainEqual(
    expect.objectContaining({ name: 'errors.list', path: 'procedures/errors/list' }),
  );
  expect(pages).toContainEqual({ kind: 'guide', name: 'start', title: 'Start here', path: 'guides/start' });
});

test('the search finds pages by words of their name and title, also without scripts', async () => {
  const { text } = await open('/api/docs?q=get+THING');
  expect(text).toContain('things.get');
  expect(text).not.toContain('things.watch');
  expect(
    (await open(`/api/docs?q=${encodeURIComponent(EVIL)}`)).all.some((e) => attribute(e, 'onerror')),
  ).toBe(false);
});
