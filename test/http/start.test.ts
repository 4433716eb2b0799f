import { expect, test } from '@jest/globals';
import { until } from '#test/client';
import { freePort } from '#test/listen';
import { startServer } from '#test/server';

test('a server that says it is ready serves pages too', async () => {
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
  await (await starting).stop();
});
