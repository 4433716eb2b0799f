import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { signUp } from '#test/client';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(() => server.stop());
const ada = await signUp(server.url);

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${path}`, { headers, redirect: 'manual' });
  const policy = response.headers.get('content-security-policy') ?? '';
  const html = await response.text();
  return { policy, html, headers: response.headers, nonce: /'nonce-([^']+)'/.exec(policy)?.[1] ?? '' };
}

/** Returns the inline scripts and style elements of a page that its policy does not allow. */
function forbidden(html: string, policy: string): string[] {
  const elements = html.matchAll(/<(script|style)((?: [^>]*)?)>([^]*?)<\/\1>/g);
  return [...elements].flatMap(([element, , attributes = '', content = '']) => {
    const nonce = / nonce="([^"]*)"/.exec(attributes)?.[1];
    const hash = createHash('sha256').update(content).digest('base64');
    const isAllowed =
      attributes.includes(' src="/') ||
      policy.includes(`'nonce-${nonce}'`) ||
      policy.includes(`'sha256-${hash}'`);
    return isAllowed ? [] : [element];
  });
}

describe.each(['/', '/sign-in', '/chat', '/settings', '/no-such-page', '/_global-error'])('%s', (path) => {
  test('has a policy that allows its inline scripts and style elements, and no others', async () => {
    const { html, policy } = await get(path, ada.headers);
    expect(html).toMatch(/<script[^>]*>[^<]/);
    expect(forbidden(html, policy)).toEqual([]);
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/]{22}==' /);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  test('has a new nonce for each request', async () => {
    const nonces = [(await get(path)).nonce, (await get(path)).nonce];
    expect(nonces[0]).toMatch(/./);
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

test('a client cannot choose the nonce', async () => {
  const chosen = { 'x-nonce': 'chosen', 'content-security-policy': "script-src 'nonce-chosen'" };
  const { html, policy } = await get('/', chosen);
  expect(html + policy).not.toContain('chosen');
  expect(forbidden(html, policy)).toEqual([]);
});

test('a page with a nonce is never cached', async () => {
  for (const path of ['/', '/sign-in', '/no-such-page', '/chat']) {
    const { headers } = await get(path, ada.headers);
    expect([path, headers.get('cache-control')]).toEqual([path, expect.stringContaining('no-store')]);
  }
});

test('the reference has its own policy, the same for all requests', async () => {
  for (const path of ['/docs', '/docs/chat/list', '/docs/no-such-page']) {
    const { html, policy, headers } = await get(path);
    expect(forbidden(html, policy)).toEqual([]);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(headers.get('x-frame-options')).toBe('DENY');
  }
});
