import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { toResponse } from '../call/response.ts';
import { callOf, procedure, router } from '../testing/testkit.ts';
import { createOpenApiSurface } from './index.ts';

const app = router({
  ping: procedure
    .meta({ openapi: { method: 'GET', path: '/ping' } })
    .output(z.string())
    .query(() => 'pong'),
});
const surface = createOpenApiSurface(app, { title: 'Test', version: '1' }, () => undefined);

async function call(init: RequestInit = {}): Promise<Response> {
  const request = new Request('http://127.0.0.1/api/openapi.json', init);
  return toResponse(await surface(callOf(request, {})));
}

describe('the OpenAPI surface', () => {
  test('serves the document with an ETag, and returns 304 if it matches', async () => {
    const first = await call();
    await expect(first.json()).resolves.toMatchObject({ openapi: '3.1.1', paths: { '/ping': {} } });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const tag of [etag, `"x", W/${etag}`, '*']) {
      const again = await call({ headers: { 'if-none-match': tag } });
      expect(again.status).toBe(304);
      expect(again.headers.get('etag')).toBe(etag);
    }
    expect((await call({ headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('accepts only GET, HEAD and OPTIONS', async () => {
    await expect((await call({ method: 'HEAD' })).text()).resolves.toBe('');
    expect((await call({ method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    await expect(call({ method: 'POST' })).rejects.toMatchObject({ kind: 'METHOD_NOT_ALLOWED' });
  });
});
