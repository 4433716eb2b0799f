import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { AppError } from '#server/errors';
import { checkHost, readTarget, settleTarget } from './target.ts';

/** The code that a function is rejected with. */
function codeOf(work: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(work())}`;
  } catch (error) {
    return error instanceof AppError ? error.kind : String(error);
  }
}

describe('readTarget', () => {
  test.each([
    '/api/v1/chats',
    '/./api/v1/chats',
    '/x/../api/v1/chats',
    '/../../api/v1/chats',
    '/x//../../api/v1/chats',
    '/%61pi/v1/chats',
    '/%61%70%69/%76%31/chats',
    '/%2e/api/v1/chats',
    '/x/%2E%2e/api/v1/chats',
    '/.%2E/api/v1/chats',
    '/api/v1/./chats',
    '/api/v1/x/%2e./chats',
    'http://host/api/v1/chats',
    'HTTP://host:80/x/../%61pi/v1/chats',
    'https://host/api/v1/chats',
  ])('reads %s as /api/v1/chats', (target) => {
    expect(readTarget('GET', `${target}?limit=%32`)).toMatchObject({
      path: '/api/v1/chats',
      search: '?limit=%32',
    });
  });

  test.each([
    ['/', '/'],
    ['/chat/', '/chat/'],
    ['/a/.', '/a/'],
    ['/a/..', '/'],
    ['/api%2fv1', '/api%2Fv1'],
    ['/%252e%252e/api', '/%252e%252e/api'],
    ['/a.b/..c/d..', '/a.b/..c/d..'],
    ['/%7Euser/%5c', '/~user/%5C'],
    ['/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
    ['http://host', '/'],
  ])('reads %s as %s', (target, path) => {
    expect(readTarget('GET', target).path).toBe(path);
  });

  test.each(['//api/v1', '/api//v1', '///', '/x/..//api', '//host/api', 'http://host//api'])(
    'finds nothing at %s, which has an empty segment',
    (target) => {
      expect(codeOf(() => readTarget('GET', target))).toBe('NOT_FOUND');
    },
  );

  test.each([
    ['a malformed escape', '/chat/%zz'],
    ['half an escape', '/chat/%2'],
    ['bytes that are not UTF-8', '/chat/%ff%fe'],
    ['a NUL', '/api/v1/%00'],
    ['a line break', '/api%0D%0A/v1'],
    ['a backslash', '/\\api/v1'],
    ['another backslash', '/x\\..\\api'],
    ['bytes above ASCII', '/caf\u00c3\u00a9'],
    ['bytes above ASCII in the query', '/api/v1/chats?q=\u00e9'],
    ['a fragment', '/api/v1#x'],
    ['no slash', 'api/v1'],
    ['another scheme', 'ftp://host/api'],
    ['a URL with a user', 'http://user@host/api'],
    ['a URL without a host', 'http:///api'],
    ['a URL with a wrong port', 'http://host:99999/api'],
    ['an authority', 'host:80'],
    ['the server as a whole', '*'],
  ])('rejects %s: %s', (_, target) => {
    expect(codeOf(() => readTarget('GET', target))).toBe('BAD_REQUEST');
  });

  test('has OPTIONS ask for the server as a whole', () => {
    expect(readTarget('OPTIONS', '*')).toEqual({ path: '*', search: '' });
  });

  test('limits the path, and leaves the query to the limit of the whole head', () => {
    expect(codeOf(() => readTarget('GET', `/${'x'.repeat(4096)}`))).toBe('URI_TOO_LONG');
    expect(readTarget('GET', `/${'x'.repeat(4095)}?${'y'.repeat(9000)}`).path).toHaveLength(4096);
  });

  test('gives a path that it leaves as it is, and that URL leaves as it is, for any text', () => {
    const part = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      'a',
      'é',
      '%C3%A9',
      '%25',
      '~',
      '{',
      '%7b',
      ':',
      '@',
      '"',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        let path: string;
        try {
          ({ path } = readTarget('GET', `/${parts.join('')}`));
        } catch (error) {
          return error instanceof AppError;
        }
        return readTarget('GET', path).path === path && new URL(`http://host${path}`).pathname === path;
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checkHost', () => {
  test.each([
    'localhost',
    'a.example:3000',
    '127.0.0.1:80',
    '[::1]:3000',
    'my_host',
    'xn--bcher-kva.example',
    'a:',
  ])('takes %s', (host) => {
    expect(() => {
      checkHost(host);
    }).not.toThrow();
  });

  test.each([
    '',
    'a:99999',
    'a:b',
    'a b',
    'a/api/trpc/x?',
    'a@b',
    'a?b',
    'a#b',
    'a\\b',
    '%61',
    'é',
    '[::1',
    '1.2.3.999',
    'a,b',
  ])('rejects "%s"', (host) => {
    expect(codeOf(() => checkHost(host))).toBe('BAD_REQUEST');
  });
});

describe('settleTarget', () => {
  const request = (url: string, ...rawHeaders: string[]) => ({
    method: 'GET',
    url,
    headers: { host: rawHeaders[1] },
    rawHeaders,
  });

  test('writes the one spelling where others read the URL', () => {
    const req = request('/x/../%61pi/?a=%2e', 'Host', 'a');
    settleTarget(req);
    expect(req).toMatchObject({ url: '/api/?a=%2e', headers: { host: 'a' } });
  });

  test('puts the host of an absolute target above the header, in both forms of the headers', () => {
    const req = request('http://b:81/api', 'hOsT', 'a', 'accept', '*/*');
    settleTarget(req);
    expect(req).toMatchObject({
      url: '/api',
      headers: { host: 'b:81' },
      rawHeaders: ['hOsT', 'b:81', 'accept', '*/*'],
    });
  });

  test('rejects a second Host header', () => {
    expect(codeOf(() => settleTarget(request('/', 'Host', 'a', 'x', 'y', 'HOST', 'a')))).toBe('BAD_REQUEST');
  });
});
