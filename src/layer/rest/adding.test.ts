import { afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOpenApiDocument } from '../openapi/document.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const get = (path: `/${string}`, output: string) =>
  procedure
    .meta({ openapi: { method: 'GET', path } })
    .input(z.object(path.includes('{id}') ? { id: z.string() } : {}))
    .output(z.string())
    .query(() => output);

const before = { thing: get('/things/{id}', 'a thing') };

let server: TestServer | undefined;
afterEach(() => server?.close());

test('an added procedure has its path and its entry in the OpenAPI document, without any other edit', async () => {
  const { paths: known } = createOpenApiDocument(router({ ...before }), { title: 'T', version: '1' });
  expect(Object.keys(known ?? {})).toEqual(['/things/{id}']);

  const app = router({ ...before, added: get('/things/newest', 'the newest') });
  const { paths } = createOpenApiDocument(app, { title: 'T', version: '1' });
  expect(paths?.['/things/newest']?.get).toMatchObject({ operationId: 'added' });
  server = await serveRest(app);
  await expect((await server.call('/things/newest')).json()).resolves.toBe('the newest');
  await expect((await server.call('/things/oldest')).json()).resolves.toBe('a thing');
});

test('a static segment takes precedence in any order of declaration', async () => {
  const newest = get('/things/newest', 'the newest');
  for (const app of [router({ newest, ...before }), router({ ...before, newest })]) {
    const either = await serveRest(app);
    await expect((await either.call('/things/newest')).json()).resolves.toBe('the newest');
    await either.close();
  }
});
