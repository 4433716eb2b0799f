import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { CoreError } from '../errors/api-error.ts';
import type { DeprecatedMeta } from '../meta.ts';
import { procedure, router, serveRest } from '../testing/testkit.ts';

const deprecated = { since: '2026-01-31', sunset: '2026-12-31T12:00:00Z', link: 'https://docs.example/old' };
const Page = z.object({ items: z.array(z.string()), nextCursor: z.string() });
const Id = z.object({ id: z.string() });
const get = (path: `/${string}`) => ({ openapi: { method: 'GET', path } as const });

const server = await serveRest(
  router({
    old: procedure
      .meta({ ...get('/old'), deprecated })
      .output(Page)
      .query(() => ({ items: [], nextCursor: 'more' })),
    oldAndBroken: procedure
      .meta({ ...get('/broken'), deprecated: { since: '2026-01-31' } })
      .output(z.void())
      .query(() => {
        throw new CoreError('CONFLICT');
      }),
    marked: procedure
      .meta({ openapi: { method: 'GET', path: '/marked', deprecated: true } })
      .query(() => null),
    current: procedure
      .meta(get('/current'))
      .output(z.void())
      .query(() => undefined),
    things: {
      show: procedure
        .meta({ ...get('/show/{id}'), deprecated: { since: '2026-01-31', successor: 'things.get' } })
        .input(Id)
        .query(() => null),
      first: procedure
        .meta({ ...get('/first'), deprecated: { since: '2026-01-31', successor: 'things.get' } })
        .query(() => null),
      get: procedure
        .meta(get('/things/{id}'))
        .input(Id)
        .query(() => null),
    },
  }),
);
afterAll(server.close);

describe('a deprecated endpoint', () => {
  test('sends Deprecation, Sunset and Link', async () => {
    const { headers } = await server.call('/old');
    expect(headers.get('deprecation')).toBe('@1769817600');
    expect(headers.get('sunset')).toBe('Thu, 31 Dec 2026 12:00:00 GMT');
    expect(headers.get('link')).toBe(
      '<https://docs.example/old>; rel="deprecation", </api/v1/old?cursor=more>; rel="next"',
    );
  });

  test('sends Deprecation with errors too', async () => {
    const response = await server.call('/broken');
    expect(response.status).toBe(409);
    expect(response.headers.get('deprecation')).toBe('@1769817600');
    expect(response.headers.get('sunset')).toBeNull();
  });

  test('links to its successor, with the parameters of the request', async () => {
    const { headers } = await server.call('/show/a%2Fb');
    expect(headers.get('link')).toBe('</api/v1/things/a%2Fb>; rel="successor-version"');
  });

  test('has no link to a successor whose path needs other parameters', async () => {
    const { headers } = await server.call('/first');
    expect(headers.get('deprecation')).toBe('@1769817600');
    expect(headers.get('link')).toBeNull();
  });

  test('has no dates if its meta has none', async () => {
    expect((await server.call('/marked')).headers.get('deprecation')).toBeNull();
  });

  test('does not affect other endpoints', async () => {
    expect((await server.call('/current')).headers.get('deprecation')).toBeNull();
  });
});

test.each<[DeprecatedMeta, string]>([
  [{ since: 'soon' }, '"soon" of `deprecated` in its meta is not a date'],
  [{ since: '2026-02-01', sunset: '2026-01-01' }, 'is before `since`'],
  [{ since: '2026-02-01', link: 'nowhere' }, '"nowhere" of `deprecated` in its meta is not a URL'],
  [{ since: '2026-02-01', successor: 'get' }, 'is not a procedure of this router. Use a whole name'],
  [{ since: '2026-02-01', successor: 'things.old' }, 'is the procedure itself'],
])('%j is rejected at start', (wrong, message) => {
  const old = procedure.meta({ deprecated: wrong }).query(() => null);
  const appRouter = router({ things: { old, get: procedure.query(() => null) } });
  const create = () => createApi({ router: appRouter, createContext: () => ({}) as never, rest: false });
  expect(create).toThrow(/^things\.old: /);
  expect(create).toThrow(message);
});
