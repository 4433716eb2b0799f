import { afterAll, describe, expect, test } from '@jest/globals';
import { startServer } from '#test/server';

/** The servers under which the reference is served: our own, and plain `next start`. */
const servers = { serve: await startServer({}, 'serve'), next: await startServer({}, 'next') };
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

describe.each(['serve', 'next'] as const)('under %s', (host) => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(servers[host].url + path, { headers, redirect: 'manual' });

  test('the reference is served with one policy, and compressed', async () => {
    const response = await get('/docs/chat/list', { accept: 'text/html' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; [^,]*$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);
    const html = await response.text();
    expect(html).toContain('<h1>List and search your chats</h1>');
    const [style = ''] = /\/docs\/assets\/[\w-]+\.css/.exec(html) ?? [];
    const asset = await get(style);
    expect([asset.status, asset.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });

  test('an unchanged page is 304, and an unknown page 404', async () => {
    const etag = (await get('/docs/errors')).headers.get('etag') ?? '';
    expect((await get('/docs/errors', { 'if-none-match': etag })).status).toBe(304);
    const unknown = await get('/docs/no-such-page', { accept: 'text/html' });
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });

  test('programs find all pages, as Markdown', async () => {
    const overview = await (await get('/llms.txt')).text();
    expect(overview).toContain('/docs/chat/send.md): Send a message and start an answer');
    expect(overview).toContain('/docs/guides/getting-started.md)');
    expect(await (await get('/docs/guides/errors.md')).text()).toContain('RFC 9457');
  });
});
