import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { nextPath, signInPath } from './next-path.ts';

describe('the path after a sign-in', () => {
  test.each(['/chat/019ab1c2', '/settings?tab=keys#api', '/', '/chat?q=//x'])(
    'is %s of this site',
    (path) => {
      expect(nextPath(path)).toBe(path);
      expect(nextPath(new URL(signInPath(path), 'http://x').searchParams.get('next') ?? undefined)).toBe(
        path,
      );
    },
  );

  test.each([
    undefined,
    '',
    'chat',
    'https://evil.example/',
    'https:evil.example',
    '//evil.example/chat',
    '///evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\0//evil.example',
    'javascript:alert(1)',
    'http://here.invalid/chat',
    '//here.invalid//evil.example',
    '/.//evil.example',
    '/./\\evil.example',
    '/%2e//evil.example',
    '/%2E%2e//evil.example',
    '/x/..//evil.example',
    '/x/%2e%2E//evil.example/..',
    '/.\n//evil.example',
    ['/chat', '/settings'],
  ])('is the chat instead of %j', (next) => {
    expect(nextPath(next)).toBe('/chat');
  });

  test('stays on this site for any spelling of `next`', () => {
    const piece = fc.constantFrom(
      ...['/', '//', '\\', '.', '..', '%2e', '%2E%2e', '%2f', '%5c', '%00', 'x', 'chat', 'evil.example'],
      ...[
        '\t',
        '\n',
        '\r',
        '\0',
        ' ',
        '\u00a0',
        '\u2028',
        '\uff0f',
        '\ud800',
        '@',
        ':',
        '?',
        '#',
        ';',
        ':80',
      ],
      ...['http:', 'https:', 'HTTPS://', 'javascript:', 'data:', 'file:', 'blob:', '[::1]', 'user:pw@'],
    );
    const hostile = fc
      .tuple(fc.constantFrom('', '/', '//'), fc.array(fc.oneof(piece, fc.string()), { maxLength: 8 }))
      .map(([start, pieces]) => start + pieces.join(''));
    fc.assert(
      fc.property(hostile, fc.constantFrom('/sign-in', '/sign-up?next=%2F', '/a/b/c'), (next, page) => {
        const path = nextPath(next);
        expect(path).toMatch(/^\/(?![/\\])/);
        // The path as sent, and the path after the browser has serialized it once more.
        for (const origin of ['https://app.example.com', 'http://127.0.0.1:3000']) {
          const followed = new URL(path, new URL(page, origin));
          expect(followed.origin).toBe(origin);
          expect(`${followed.pathname}${followed.search}${followed.hash}`).toBe(path);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
