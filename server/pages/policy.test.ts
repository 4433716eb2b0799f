import { describe, expect, test } from '@jest/globals';
import { hashesOf, pagePolicy, PLAIN_POLICY } from './policy.ts';

const prerendered = { scripts: ["'sha256-s'"], styles: ["'sha256-t'"] };
const directives = (policy: string) =>
  Object.fromEntries(
    policy.split('; ').map((text) => {
      const [name = '', ...sources] = text.split(' ');
      return [name, sources];
    }),
  );

describe('pagePolicy', () => {
  test('allows inline scripts and style elements only by nonce or hash, and no other sites', () => {
    const policy = directives(pagePolicy({ nonce: 'abc=', prerendered, isDevelopment: false }));
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'script-src': ["'self'", "'nonce-abc='", "'sha256-s'"],
      'style-src': ["'self'", "'nonce-abc='", "'sha256-t'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'manifest-src': ["'self'"],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
    });
    expect(Object.values(policy).flat()).not.toContain("'unsafe-eval'");
  });

  test('is less strict in development, but still without inline scripts', () => {
    const policy = directives(pagePolicy({ nonce: 'abc=', prerendered, isDevelopment: true }));
    expect(policy).toMatchObject({
      'script-src': expect.not.arrayContaining(["'unsafe-inline'"]),
      'style-src': ["'self'", "'unsafe-inline'"],
      'connect-src': expect.arrayContaining(['ws:']),
    });
  });
});

test('PLAIN_POLICY allows style attributes, but loads no resource', () => {
  expect(directives(PLAIN_POLICY)).toMatchObject({ 'default-src': ["'none'"] });
  expect(PLAIN_POLICY).not.toMatch(/script-src|style-src(-elem)? |img-src|connect-src/);
});

describe('hashesOf', () => {
  test('returns the SHA-256 hashes of inline scripts and style elements', () => {
    // Example of Content Security Policy Level 3, section 2.3.1.
    const html = `<script src="/a.js"></script><script id="a">alert('Hello, world.');</script><style>a{}</style><script src="/a.js"></script>`;
    expect(hashesOf(html)).toEqual({
      scripts: ["'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"],
      styles: [expect.stringMatching(/^'sha256-[\w+/]{43}='$/)],
    });
  });

  test('returns nothing for a page without inline content', () => {
    expect(hashesOf('<body style="color: red"><script src="/a.js"></script></body>')).toEqual({
      scripts: [],
      styles: [],
    });
  });
});
