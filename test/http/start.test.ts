import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
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
    25_000,
  );
  expect(await statusOf('/')).toBe(200);
  const server = await starting;
  // The whole installation, which its owner can copy. No other folder contains a part of it.
  const { DATA_DIR = '', DATABASE_URL } = server.settings;
  expect(readdirSync(DATA_DIR).toSorted()).toEqual(
    DATABASE_URL === undefined ? ['db', 'secrets.json'] : ['secrets.json'],
  );
  await server.stop();
});

test('a server whose build has lost its links to packages ends before it is ready', async () => {
  const isCopied = (path: string) => !/\.next[\\/](cache|node_modules)/.test(path);
  for (const name of ['.next', 'app', 'next.config.ts', 'package.json', 'proxy.ts', 'routers', 'scripts']) {
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
