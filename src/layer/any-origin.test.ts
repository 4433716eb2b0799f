import { initTRPC } from '@trpc/server';
import { expect, test } from '@jest/globals';
import { createApi } from './api.ts';

const origin = 'https://other.example';
const api = createApi({
  router: initTRPC.create({ isDev: false }).router({}),
  createContext: () => ({}),
  origin: { publicUrl: 'https://app.example', checkHosts: true },
  mounts: [
    {
      path: '/api/open',
      surface: (call) => Response.json({ cookie: call.header('cookie') }),
      ignoresCookies: true,
      anyOrigin: true,
    },
    { path: '/api/own', surface: () => Response.json({}) },
  ],
});
const send = (path: string, headers: Record<string, string> = {}, method = 'POST') =>
  api.fetch(new Request(`https://app.example${path}`, { method, headers: { origin, ...headers } }));

test('pages of all origins call a mount with anyOrigin, without cookies', async () => {
  const response = await send('/api/open', { cookie: 'session=1' });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  expect(await response.json()).toEqual({ cookie: null });
  const preflight = await send('/api/open', { 'access-control-request-method': 'POST' }, 'OPTIONS');
  expect(preflight.status).toBe(204);
});

test('other mounts stay closed to them, and to unknown hosts', async () => {
  const response = await send('/api/own');
  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  for (const path of ['/api/open', '/api/own'])
    expect((await send(path, { host: 'rebound.example' })).status).toBe(403);
});
