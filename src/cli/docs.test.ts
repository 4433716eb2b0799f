import { createServer } from 'node:http';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { createWorkspace, routerText, TSCONFIG_TEXT, type Workspace } from './testkit.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
}, 120_000);
afterAll(() => workspace.remove());

const KITES = `
  kites: t.router({
    list: procedure.meta({ openapi: { method: 'GET', path: '/kites', summary: 'List all kites' } })
      .output(z.array(z.string())).query(() => []),
    fly: procedure.input(z.object({ id: z.string() })).mutation(() => 1) }),
  "it's": procedure.query(() => 1),
  errors: procedure.query(() => 1)`;

const project = (name: string, text: string) =>
  workspace.project(name, { 'package.json': '{}', 'tsconfig.json': TSCONFIG_TEXT, 'router.ts': text });

const docs = (folder: string, ...args: string[]) =>
  workspace.run(folder, ['docs', '--router', './router.ts', ...args]);

/** Serves a folder as static hosts do: the path of a folder is its `index.html`. */
async function serveFiles(folder: string) {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => server.close() };
}

/** Follows all links of pages to the same host, from one path. @returns the status of each path. */
async function follow(url: string, start: string): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  const paths = new Set([start]);
  for (const path of paths) {
    const response = await fetch(url + path);
    const text = await response.text();
    statuses.set(path, response.status);
    if (!text.startsWith('<!doctype html>')) continue;
    for (const [, link = ''] of text.matchAll(/\b(?:href|src|action|data-index)="(\/[^"]*)/g))
      paths.add(link.replaceAll('&#39;', "'").replace(/[#?].*/, ''));
  }
  return statuses;
}

test('docs writes pages that a static host serves, without a broken link', async () => {
  const folder = project('static', routerText(KITES));
  expect(await docs(folder, '--out', 'public', '--docs-path', '/docs', '--title', 'Kites')).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^public\/docs: \d+ pages of the reference, for the path \/docs of a static host\.\n$/,
    ),
    stderr: '',
  });
  const host = await serveFiles(join(folder, 'public'));
  try {
    const statuses = await follow(host.url, '/docs');
    const paths = [...statuses.keys()];
    expect(paths.filter((path) => statuses.get(path) !== 200)).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...[
          '/docs/kites/list',
          '/docs/kites/list.md',
          '/docs/kites/fly',
          '/docs/procedures/errors',
          "/docs/it's",
        ],
        ...['/docs/index.json', '/docs/index.md', '/docs/llms.txt', '/docs/errors/NOT_FOUND'],
      ]),
    );
    const page = await (await fetch(`${host.url}/docs/kites/list`)).text();
    expect(page).toContain('List all kites');
    // A static host serves no procedure, so no form can call one.
    expect(page).not.toContain('Try it');
    // The search of the page leads to its entries.
    const index = (await (await fetch(`${host.url}/docs/index.json`)).json()) as {
      pages: { name: string; path?: string }[];
    };
    for (const { name, path = name.replaceAll('.', '/') } of index.pages)
      expect(statuses.get(`/docs/${path}`)).toBe(200);
  } finally {
    host.close();
  }
});

test('docs replaces only what it has written', async () => {
  const folder = project('again', routerText(KITES));
  const out = join(folder, 'public/api/docs');
  expect((await docs(folder, '--out', 'public')).code).toBe(0);
  expect(existsSync(join(out, 'kites/fly/index.html'))).toBe(true);
  project('again', routerText('first: procedure.query(() => 1)'));
  expect((await docs(folder, '--out', 'public')).code).toBe(0);
  expect(existsSync(join(out, 'kites'))).toBe(false);
  expect(existsSync(join(out, 'first/index.html'))).toBe(true);
  expect(readdirSync(join(folder, 'public/api'))).toEqual(['docs']);

  workspace.project('again', { 'site/docs/index.html': 'mine' });
  expect(await docs(folder, '--out', 'site', '--docs-path', '/docs')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'site/docs has other files. Give --out another folder.\n',
  });
  expect(readdirSync(join(folder, 'site/docs'))).toEqual(['index.html']);
});

test('docs writes the reference of an API with its own options, or says that it has none', async () => {
  const api = (options: string) => `
import { createApi } from '../cli/layer/index.js';
${routerText(KITES)}
const createContext = () => { throw new Error('createContext was called'); };
const guides = () => [{ file: 'start.md', markdown: '# Start here' }];
export const api = createApi({ router: appRouter, createContext, ${options} });
`;
  const run = (name: string, options: string) =>
    workspace.run(project(name, api(options)), ['docs', '--router', './router.ts#api', '--out', 'public']);
  const folder = join(workspace.folder, 'guided');
  expect(await run('guided', 'docs: { guides }')).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(folder, 'public/api/docs/guides/start/index.html'), 'utf8')).toContain(
    'Start here',
  );
  expect(await run('bare', '')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'api has no reference at /api/docs. Set docs in createApi, or name its path with --docs-path.\n',
  });
  const admit = `admit: () => { throw new Error('no') }, docs: {}`;
  expect(await run('limited', admit)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^\/api\/docs cannot be written, because the API answers it with 500\.$/m),
  });
  expect(existsSync(join(workspace.folder, 'limited/public'))).toBe(false);
});

test('docs names the option that is wrong', async () => {
  const folder = project('wrong', routerText(KITES));
  expect(await docs(folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('docs needs --out, the folder of the static host, such as ./public.'),
  });
  expect(await docs(folder, '--out', 'public', '--docs-path', 'docs')).toMatchObject({
    code: 2,
    stderr: '--docs-path must be a path such as /docs, not docs.\n',
  });
});
