import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CoreError } from '../errors/api-error.ts';
import type { RestMeta } from '../meta.ts';
import { procedure, router, serveRest } from '../testing/testkit.ts';
import { createRestSurface } from './index.ts';

const deprecation = { since: '2026-01-31', sunset: '2026-12-31T12:00:00Z', link: 'https://docs.example/old' };
const openapi = { method: 'GET', deprecated: true } as const;
const Page = z.object({ items: z.array(z.string()), nextCursor: z.string() });

const server = await serveRest(
  router({
    old: procedure
      .meta({ openapi: { ...openapi, path: '/old' }, rest: { deprecation } })
      .output(Page)
      .query(() => ({ items: [], nextCursor: 'more' })),
    oldAndBroken: procedure
      .meta({ openapi: { ...openapi, path: '/broken' }, rest: { deprecation: { since: '2026-01-31' } } })
      .output(z.void())
      .query(() => {
        throw new CoreError('CONFLICT');
      }),
    current: procedure
      .meta({ openapi: { method: 'GET', path: '/current' } })
      .output(z.void())
      .query(() => undefined),
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

  test('does not affect other endpoints', async () => {
    expect((await server.call('/current')).headers.get('deprecation')).toBeNull();
  });
});

test.each([
  [{ since: 'soon' }, '"soon" of `rest.deprecation` is not a date'],
  [{ since: '2026-02-01', sunset: '2026-01-01' }, 'is before `since`'],
  [{ since: '2026-02-01', link: 'nowhere' }, '"nowhere" of `rest.deprecation` is not a URL'],
] satisfies [RestMeta['deprecation'], string][])('%j is rejected at start', (wrong, message) => {
  const endpoint = procedure.meta({ openapi: { ...openapi, path: '/old' }, rest: { deprecation: wrong } });
  const create = () => createRestSurface(router({ old: endpoint.query(() => null) }));
  expect(create).toThrow(/^old: /);
  expect(create).toThrow(message);
});

test('a deprecation that the OpenAPI document does not show is rejected at start', () => {
  const meta = { openapi: { method: 'GET', path: '/old' }, rest: { deprecation } } as const;
  const create = () => createRestSurface(router({ old: procedure.meta(meta).query(() => null) }));
  expect(create).toThrow(/^old: `rest.deprecation` needs `openapi.deprecated: true`/);
});
