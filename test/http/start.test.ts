import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { until } from '#test/client';
import { freePort } from '#test/listen';
import { startServer } from '#test/server';

test('a server that says it is ready serves pages too, and has all of an installation in its folder', async () => {
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
  // All of an installation, as its owner would copy it: no other folder has a part of it.
  const { DATA_DIR = '', DATABASE_URL } = server.settings;
  expect(readdirSync(DATA_DIR).toSorted()).toEqual(
    DATABASE_URL === undefined ? ['db', 'secrets.json'] : ['secrets.json'],
  );
  await server.stop();
});
