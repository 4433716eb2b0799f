import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { until } from '#test/client';
import { freePort } from '#test/listen';
import { startServer } from '#test/server';

const ROOT = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'switchboard-copy-'));
afterAll(() => {
  rmSync(copy, { recursive: true });
});

test('a ready server also serves pages, and its folder contains the whole installation', async () => {
  const port = await freePort();
  const statusOf = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) }).then(
      async (response) => {
        await response.text();
        return response.status;
      },
      () => 'no connection',
    );
  const starting = startServer({ PORT: String(port) });
  await until(
    () => statusOf('/api/ready'),
    (status) => status === 200,
    45_000,
  );
  expect(await statusOf('/')).toBe(200);
  const server = await starting;
  // The whole installation, which its owner can copy. No other folder contains a part of it.
  const { DATA_DIR = '', DATABASE_URL } = server.settings;
  expect(readdirSync(DATA_DIR).toSorted()).toEqual(
    DATABASE_URL === undefined ? ['db', 'secrets.json'] : ['secrets.json'],
  );
  await server.stop();
}, 90_000);

test('a server on a port that the system chose names it in the metadata of OAuth', async () => {
  const server = await startServer();
  const { port } = new URL(server.url);
  const metadata: unknown = await (await fetch(`${server.url}/.well-known/oauth-protected-resource`)).json();
  expect(metadata).toMatchObject({
    resource: `http://localhost:${port}/api/mcp`,
    authorization_servers: [`http://localhost:${port}/api/auth`],
  });
  await server.stop();
});

test('a server whose build has lost its links to packages ends before it is ready', async () => {
  const isCopied = (path: string) => !/\.next[\\/](cache|node_modules)/.test(path);
  for (const name of [
    '.next',
    'app',
    'next.config.ts',
    'package.json',
    'proxy.ts',
    'routers',
    'scripts',
    'serve',
  ]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, filter: isCopied });
  }
  for (const name of ['serve.ts', 'server', 'src', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');

  await expect(startServer({}, 'serve', copy)).rejects.toMatchObject({
    exitCode: 1,
    output: expect.stringMatching(/^The build in \S+ is incomplete, .*node_modules\/.*npm run build.*\n$/),
  });
  // With only the links restored, the server starts.
  cpSync(join(ROOT, '.next/node_modules'), join(copy, '.next/node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const server = await startServer({}, 'serve', copy);
  expect((await fetch(`${server.url}/`)).status).toBe(200);
  await server.stop();
});

/** Modules that a server needs later or never. Each would delay the start. */
const LATE = ['kysely', 'better-auth/dist/plugins/organization', '@next/swc'];

test('a start loads no module that it does not need', async () => {
  const list = join(mkdtempSync(join(copy, 'modules-')), 'modules');
  const recorder = `
    import { appendFileSync } from 'node:fs';
    import { registerHooks } from 'node:module';
    registerHooks({
      load(url, context, next) {
        appendFileSync(${JSON.stringify(list)}, url + '\\n');
        return next(url, context);
      },
    });`;
  const server = await startServer({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(recorder)}`,
  });
  const loaded = readFileSync(list, 'utf8').split('\n');
  expect(loaded.length).toBeGreaterThan(1000);
  expect(LATE.filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}`)))).toEqual([]);
  await server.stop();
});
