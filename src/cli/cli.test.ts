import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWorkspace, routerText, T3_ENV, T3_FILES, TSCONFIG_TEXT, type Workspace } from './testkit.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
}, 120_000);
afterAll(() => workspace.remove());

/** Runs a command on a project with one file. */
const runOn = (name: string, text: string, args: readonly string[]) => {
  const project = workspace.project(name, {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': TSCONFIG_TEXT,
    'router.ts': text,
  });
  const [command = '', ...rest] = args;
  return workspace.run(project, [command, '--router', './router.ts', ...rest]);
};

describe('a project in the layout of create-t3-app', () => {
  let project: string;
  const router = ['--router', './src/server/api/root.ts#appRouter'];
  beforeAll(() => {
    project = workspace.project('t3', { ...T3_FILES, '.env': T3_ENV });
  });

  test('check loads it without a database and ends in spite of open handles', async () => {
    expect(await workspace.run(project, ['check', ...router])).toEqual({
      code: 0,
      stdout: 'appRouter of src/server/api/root.ts: 4 procedures over RPC, 2 endpoints over REST.\n',
      stderr: expect.stringMatching(/connected to the database/),
    });
  });

  test('openapi prints only the document on stdout', async () => {
    const options = ['--title', 'Posts', '--api-version', '2.1.0', '--server', 'https://api.example.com'];
    const { code, stdout } = await workspace.run(project, ['openapi', ...router, ...options]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      info: { title: 'Posts', version: '2.1.0' },
      servers: [{ url: 'https://api.example.com/api/v1' }],
      paths: { '/posts/latest': { get: { operationId: 'post.latest' } }, '/posts/{post-id}': {} },
    });
  });

  test('types prints a declaration of all procedures, also of lazy routers', async () => {
    const { code, stdout } = await workspace.run(project, ['types', ...router]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\/\/ Generated from the procedures/);
    expect(stdout).toMatch(
      /\/\*\* A post\. \*\/\nexport interface Post \{\s+id: string;\s+name: string;?\s+\}/,
    );
    expect(stdout).toMatch(/output: \{ input: string; at: Date \}/);
    expect(stdout).toMatch(/later: \{\s+ping: TRPCQueryProcedure<\{[^}]*output: ['"]pong['"]/);
    expect(stdout).toMatch(/order\?: ['"]newest['"] \| ['"]oldest['"]/);
    expect(stdout).toMatch(/zodError: \{/);
    expect(stdout).not.toContain('~/');
  });

  test('sdk writes a client under the given name, which calls the API', async () => {
    const args = ['sdk', ...router, '--out', './sdk', '--name', 'acme', '--key-prefix', 'acme_'];
    // As a previous run leaves them, also one of an older version.
    const before = '// Generated from the OpenAPI document of the API. Do not edit.\n';
    workspace.project('t3/sdk/src', { 'index.ts': before, 'removed.ts': before });
    expect(await workspace.run(project, args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("import { Acme } from 'acme-sdk'"),
    });
    expect(existsSync(join(project, 'sdk/src/removed.ts'))).toBe(false);
    const compiled = join(project, 'sdk/dist');
    expect(JSON.parse(readFileSync(join(compiled, 'package.json'), 'utf8'))).toMatchObject({
      name: 'acme-sdk',
    });
    const sources = readdirSync(join(project, 'sdk/src')).map((file) =>
      readFileSync(join(project, 'sdk/src', file), 'utf8'),
    );
    expect(sources.join()).not.toMatch(/switchboard|\bchats?\b|\banswers?\b|\bsb\b/i);

    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: request.url, name: request.headers.authorization }));
    }).listen(0);
    try {
      const { port } = server.address() as AddressInfo;
      const program = `
        import { Acme, AcmeError } from ${JSON.stringify(pathToFileURL(join(compiled, 'index.js')).href)};
        const acme = new Acme({ baseUrl: 'http://localhost:${port}', apiKey: 'acme_1' });
        console.log(JSON.stringify(await acme.post.create('a b', { name: 'Ada' })), AcmeError.name);`;
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--input-type=module',
        '--eval',
        program,
      ]);
      expect(stdout).toBe('{"id":"/api/v1/posts/a%20b","name":"Bearer acme_1"} AcmeError\n');
    } finally {
      server.close();
    }
  });

  test('sdk does not overwrite a folder with other files', async () => {
    const result = await workspace.run(project, ['sdk', ...router, '--out', './src', '--name', 'acme']);
    expect(result).toMatchObject({
      code: 2,
      stderr: 'src has other files. Give --out a new or empty folder.\n',
    });
  });

  test('every command names the settings that are missing', async () => {
    const bare = workspace.project('t3-without-settings', T3_FILES);
    const { code, stdout, stderr } = await workspace.run(bare, ['openapi', ...router]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^src\/server\/api\/root\.ts needs settings that are missing or not valid:\n/);
    expect(stderr).toMatch(/\n {2}AUTH_SECRET {3}\S.*\n {2}DATABASE_URL {2}\S/);
    expect(stderr).toContain('Or set SKIP_ENV_VALIDATION=1');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await workspace.run(bare, ['check', ...router], { SKIP_ENV_VALIDATION: '1' })).toMatchObject({
      code: 0,
    });
  });
});

test('--router takes a package of a monorepo, whose exports are TypeScript sources', async () => {
  workspace.project('mono', {
    'packages/api/package.json':
      '{ "name": "@acme/api", "type": "module", "exports": { ".": { "types": "./src/index.ts", "default": "./src/index.ts" } } }',
    'packages/api/src/index.ts': `export { appRouter } from './root';`,
    'packages/api/src/root.ts': routerText(`kind: procedure.query(() => 'kite' as const)`),
  });
  const app = workspace.project('mono/apps/web', { 'package.json': '{}', 'tsconfig.json': TSCONFIG_TEXT });
  mkdirSync(join(app, 'node_modules/@acme'), { recursive: true });
  symlinkSync(join(app, '../../packages/api'), join(app, 'node_modules/@acme/api'), 'junction');
  const { code, stdout } = await workspace.run(app, ['types', '--router', '@acme/api#appRouter']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/kind: TRPCQueryProcedure<\{[^}]*output: ['"]kite['"]/);
});

test('--router takes an API with its own options', async () => {
  const text = `
import { createApi } from '../cli/layer/index.js';
${routerText(`get: procedure.meta({ openapi: { method: 'GET', path: '/kite' } }).output(z.string()).query(() => 'kite')`)}
const createContext = () => { throw new Error('createContext was called'); };
export const api = createApi({ router: appRouter, createContext, rest: { path: '/kites' } });
`;
  const run = (...args: string[]) => {
    const project = workspace.project('api', {
      'package.json': '{}',
      'tsconfig.json': TSCONFIG_TEXT,
      'api.ts': text,
    });
    const [command = '', ...rest] = args;
    return workspace.run(project, [command, '--router', './api.ts#api', ...rest]);
  };
  expect(await run('check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 endpoint over REST'),
  });
  expect(JSON.parse((await run('openapi')).stdout)).toMatchObject({ servers: [{ url: '/kites' }] });
  expect(await run('openapi', '--title', 'Kites')).toMatchObject({
    code: 2,
    stderr: 'api has its own options, so --title has no effect. Set it in createApi.\n',
  });
  expect(await run('types')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('types needs a router'),
  });
});

const COMMON_JS_ROUTER = `
const { initTRPC } = require('@trpc/server');
const t = initTRPC.create();
const appRouter = t.router({ kind: t.procedure.query(() => 'kite') });`;
/** Modules that export a router in each way of CommonJS. */
const COMMON_JS = {
  'whole.cjs': `${COMMON_JS_ROUTER} module.exports = appRouter;`,
  'object.cjs': `${COMMON_JS_ROUTER} module.exports = { appRouter };`,
  'property.cjs': `${COMMON_JS_ROUTER} exports.appRouter = appRouter;`,
  'object.js': `${COMMON_JS_ROUTER} module.exports = { appRouter };`,
  'whole.cts': `${COMMON_JS_ROUTER.replace(/const (.*) = require\((.*)\)/, 'import $1 from $2')} export = appRouter;`,
  'object.cts': `${COMMON_JS_ROUTER.replace(/const (.*) = require\((.*)\)/, 'import $1 from $2')} export = { appRouter };`,
};

test('a router may be JavaScript, in CommonJS too', async () => {
  const project = workspace.project('javascript', {
    'package.json': '{}',
    'tsconfig.json': TSCONFIG_TEXT,
    'router.js': routerText(`a: procedure.query(() => 'a')`).replace('<object>', ''),
    'router.cjs': `const { initTRPC } = require('@trpc/server'); module.exports = { router: initTRPC.create().router({}) };`,
    ...COMMON_JS,
  });
  const types = await workspace.run(project, ['types', '--router', './router.js']);
  expect(types).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/a: TRPCQueryProcedure<\{[^}]*output: string/),
  });
  expect(await workspace.run(project, ['check', '--router', './router.cjs'])).toMatchObject({
    code: 0,
    stdout: 'router of router.cjs: 0 procedures over RPC, 0 endpoints over REST.\n',
  });
  for (const file of Object.keys(COMMON_JS)) {
    expect([file, await workspace.run(project, ['types', '--router', `./${file}`])]).toMatchObject([
      file,
      { code: 0, stdout: expect.stringMatching(/kind: TRPCQueryProcedure<\{[^}]*output: string/) },
    ]);
  }
}, 120_000);

describe('a router that cannot be described', () => {
  test('types names each procedure and field whose type is any', async () => {
    const { code, stdout, stderr } = await runOn(
      'any',
      routerText(`
        list: procedure.query(() => ({ items: [{ id: 1, data: JSON.parse('1') }] })),
        put: procedure.input(z.any()).mutation(() => 1),
        fine: procedure.input(z.unknown()).query(() => 1)`),
      ['types'],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The output of list, in items\.data: this type is any\..*\nThe input of put: this type is any/m,
    );
    expect(stderr).not.toContain('fine');
  });

  test('check names every procedure that cannot be served, also in lazy routers', async () => {
    const meta = (path: string) => `.meta({ openapi: { method: 'GET', path: '${path}' } })`;
    const { code, stdout, stderr } = await runOn(
      'unservable',
      routerText(`
        put: procedure${meta('/things')}.output(z.void()).mutation(() => undefined),
        fine: procedure${meta('/fine')}.output(z.string()).query(() => ''),
        later: lazy(async () => ({ default: t.router({
          get: procedure${meta('/things/{id}')}.output(z.string()).query(() => ''),
        }) }))`),
      ['check'],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('put: GET must be safe, so a mutation cannot use it.');
    expect(stderr).toContain('later.get: {id} of the path is not in the input.');
    expect(stderr).not.toContain('fine');
  });

  test('sdk needs an endpoint, and openapi warns that there is none', async () => {
    const text = routerText(`ping: procedure.query(() => 'pong')`);
    const sdk = await runOn('no-meta', text, ['sdk', '--out', './sdk', '--name', 'acme']);
    expect(sdk).toMatchObject({ code: 1, stderr: expect.stringContaining('Add .meta({ openapi:') });
    const openapi = await runOn('no-meta', text, ['openapi']);
    expect(openapi).toMatchObject({ code: 0, stderr: expect.stringContaining('warning: No procedure') });
    expect(JSON.parse(openapi.stdout)).toMatchObject({ paths: {} });
    const unnamed = await runOn('no-meta', text, ['openapi', '--unnamed', '--rest-path', '/rest']);
    expect(unnamed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(unnamed.stdout)).toMatchObject({
      servers: [{ url: '/rest' }],
      paths: { '/ping': { get: {} } },
    });
  });
});

describe('a router that cannot be loaded', () => {
  test.each([
    [
      'a missing import',
      `import './nothing';`,
      /router\.ts cannot be imported: there is no module \.\/nothing, which router\.ts imports\. Check/,
    ],
    [
      'a syntax error',
      `export const a = ;`,
      /router\.ts cannot be imported: Unexpected token\n {2}at router\.ts:1:\d+/,
    ],
    [
      'an error',
      `\nconst fail = () => { throw new Error('boom'); };\nfail();`,
      /router\.ts cannot be imported: boom\n {2}at router\.ts:2\n/,
    ],
    [
      'a setting by its own check',
      `if (!process.env.API_TOKEN) throw new Error('API_TOKEN is not set');`,
      /needs settings that are missing or not valid:\n {2}API_TOKEN {2}API_TOKEN is not set/,
    ],
    [
      'a setting that is used',
      `new URL(process.env.SITE_URL ?? '');`,
      /Invalid URL\n {2}at router\.ts:1\n.*settings that are not set: SITE_URL\./,
    ],
    ['process.exit', `process.exit(0);`, /a module ended the process \(process\.exit\(0\)\)/],
    [
      'a promise that never settles',
      `await new Promise(() => undefined);`,
      /a module waits for a promise that never settles/,
    ],
    [
      'a promise that never settles, with a timer',
      `setInterval(() => 1, 99); await new Promise(() => undefined);`,
      /not ready within 1 s/,
    ],
    ['an endless loop', `for (;;);`, /not ready within 1 s/],
    [
      'no router',
      `export const one = 1;`,
      /exports no router as appRouter, router, default\. Its exports are one\./,
    ],
  ])('is reported without a stack: %s', async (name, text, expected) => {
    const { code, stdout, stderr } = await runOn(`it's (broken): ${name}`, text, ['check', '--timeout', '1']);
    expect(stderr).toMatch(expected);
    expect(stdout).toBe('');
    expect(code).toBe(name === 'no router' ? 2 : 1);
    expect(stderr.split('\n').length).toBeLessThan(6);
  });
});

test('the program of the layer runs the command line, or names the command that installs it', async () => {
  const project = workspace.project('with-layer', { 'package.json': '{}' });
  expect(await workspace.runLayer(project, ['--version'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('npm install --save-dev @switchboard/cli'),
  });
  workspace.install(project);
  expect(await workspace.runLayer(project, ['--version'])).toEqual({
    code: 0,
    stdout: '0.1.0\n',
    stderr: '',
  });
  expect(await workspace.runLayer(project, ['chekc'])).toMatchObject({ code: 2, stdout: '' });
});

test('a wrong command line ends with exit code 2 and says what is right', async () => {
  const project = workspace.project('empty', { 'package.json': '{}' });
  const run = (...args: string[]) => workspace.run(project, args);
  expect(await run('chekc')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('check, openapi, types, sdk'),
  });
  expect(await run('check')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--router is missing'),
  });
  expect(await run('types', '--router', './a.ts', '--out', 'b')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('types has no option --out.'),
  });
  expect(await run('check', '--router', './a.ts')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no file a.ts.'),
  });
  expect(await run('check', '--router', '@acme/api')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The package @acme/api cannot be found'),
  });
  expect(await run('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  expect(await run('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: npx @switchboard/layer'),
  });
});
