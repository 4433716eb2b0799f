import { describe, expect, test } from '@jest/globals';
import { nextPath, signInPath } from './next-path.ts';

describe('where a sign-in leads', () => {
  test.each(['/chat/019ab1c2', '/settings?tab=keys#api', '/'])('to %s of this site', (path) => {
    expect(nextPath(path)).toBe(path);
    expect(nextPath(new URL(signInPath(path), 'http://x').searchParams.get('next') ?? undefined)).toBe(path);
  });

  test.each([
    undefined,
    '',
    'chat',
    'https://evil.example/',
    '//evil.example/chat',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'http://here.invalid/chat',
    ['/chat', '/settings'],
  ])('to the chat instead of to %j', (next) => {
    expect(nextPath(next)).toBe('/chat');
  });
});
