import { type Attack, gets, isServed, onlyStatuses } from '../attack.ts';
import { request, sendRaw } from '../raw.ts';

const CALLS = 1_200;
/** The size limit of the page for an unknown path. */
const PAGE_BYTES = 32 * 1024;

/** Different spellings of one path. `{}` stands for the origin. */
const SPELLINGS: readonly string[] = [
  '/api/v1/users/me',
  '/./api/v1/users/me',
  '/x/../api/v1/users/me',
  '/api/./v1/users/me',
  '/api//v1/users/me',
  '//api/v1/users/me',
  '/%61pi/v1/users/me',
  '/api/v1/users/%6de',
  '/api/v1/users/me/',
  '/api\\v1\\users\\me',
  '/%2e/api/v1/users/me',
  '/api/v1/users/me?',
  '/api/v1/users/me#x',
  '{}/api/v1/users/me',
  'HTTP://LOCALHOST/api/v1/users/me',
  '/API/v1/users/me',
  '/api;x/v1/users/me',
  '/api/v1/users/me%00',
  '/_next/image?url=%2Fapi%2Fv1%2Fusers%2Fme&w=64&q=75',
  '/_next/data/x/chat.json',
];

/** Requests that no client sends. Bytes that are not HTTP get 400 or no response. */
const GARBAGE: readonly (readonly [name: string, bytes: string])[] = [
  ['OPTIONS *', request('*', {}, 'OPTIONS')],
  ['a page path with a broken escape', request('/chat/%zz')],
  ['an API path with a broken escape', request('/api/v1/chats/%zz')],
  ['an escape that is not UTF-8', request('/chat/%ff%fe')],
  ['a port that is too large', request('/', { host: 'a:99999' })],
  ['a host with a space', request('/chat', { host: 'a b' })],
  ['an empty host', request('/chat', { host: '' })],
  ['the host of another site', request('/chat', { host: 'evil.example' })],
  ['an absolute target without a host', request('http:///api/health')],
  ['an absolute target with a broken port', request('http://a:b/api/health')],
  ['CONNECT', request('a:80', {}, 'CONNECT')],
  ['TRACE', request('/api/health', {}, 'TRACE')],
  ['an upgrade to WebSocket', request('/api/v1/chats', { connection: 'Upgrade', upgrade: 'websocket' })],
  ['an upgrade of a page', request('/chat', { connection: 'Upgrade', upgrade: 'h2c' })],
  ['an unknown expectation', request('/api/v1/chats', { expect: 'a miracle' })],
  ['a forwarded IP address of 8 KB', request('/api/v1/chats', { 'x-forwarded-for': '1'.repeat(8_000) })],
  ['an invalid forwarded host', request('/chat', { 'x-forwarded-host': 'a:b:c', 'x-forwarded-proto': 'x' })],
  [
    'internal headers of Next.js',
    request('/chat', { 'x-middleware-subrequest': 'middleware', 'x-matched-path': '/api' }),
  ],
  [
    'an unknown server action',
    request('/', { 'next-action': 'f'.repeat(40), 'content-length': '0' }, 'POST'),
  ],
  ['an invalid router state', request('/chat', { rsc: '1', 'next-router-state-tree': '%7B' })],
];

const spellings: Attack = {
  entry: 'A7',
  name: 'every spelling of one path',
  rounds: [{ count: SPELLINGS.length, concurrency: 1 }],
  rejectionBytes: PAGE_BYTES,
  judge: gets(400, 401, 404),
  prepare: (fixture) => (index) =>
    sendRaw(
      fixture.url,
      request((SPELLINGS[index] ?? '').replace('{}', fixture.url), fixture.stranger.headers),
    ),
};

/** If the budget of an IP address is spent, no spelling reaches the API. Spellings that are no API path get 404. */
const oneBudget: Attack = {
  entry: 'A7',
  name: 'every spelling of one path after its budget is spent',
  isLong: true,
  rounds: [{ count: SPELLINGS.length, concurrency: 1 }],
  rejectionBytes: PAGE_BYTES,
  judge: gets(400, 404),
  prepare: async (fixture) => {
    const spend = Array.from({ length: 12 }, async () => {
      for (let at = 0; at < CALLS / 10; at++) await fixture.stranger.send('/api/v1/users/me');
    });
    await Promise.all(spend);
    return (index) =>
      sendRaw(
        fixture.url,
        request((SPELLINGS[index] ?? '').replace('{}', fixture.url), fixture.stranger.headers),
      );
  },
};

const absolute: Attack = {
  entry: 'A7',
  name: 'a target in absolute form is served',
  rounds: [{ count: 1, concurrency: 1 }],
  judge: gets(200),
  prepare: (fixture) => () =>
    sendRaw(fixture.url, request(`${fixture.url}/api/health`, fixture.stranger.headers)),
};

const optimizer: Attack = {
  entry: 'A7',
  name: 'the image optimizer calls the API',
  rounds: [{ count: 10, concurrency: 10 }],
  judge: gets(404),
  prepare:
    ({ stranger }) =>
    () =>
      stranger.send('/_next/image?url=%2Fapi%2Fv1%2Fchats&w=64&q=75'),
};

const NOT_HTTP = [
  '\0\0\0\0\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET / HTTP/1.1\r\nhost: localhost\r\n${'a: b\r\n'.repeat(5_000)}\r\n`,
];

/** Entry A7: unusual paths and malformed requests. */
export const paths: readonly Attack[] = [
  spellings,
  absolute,
  optimizer,
  ...GARBAGE.map(([name, bytes]): Attack => ({
    entry: 'A7',
    name,
    rounds: [{ count: 1, concurrency: 1 }],
    judge: name === 'CONNECT' ? gets(501) : isServed,
    prepare:
      ({ url }) =>
      () =>
        sendRaw(url, bytes),
  })),
  {
    entry: 'A7',
    name: 'bytes that are not HTTP',
    rounds: [{ count: NOT_HTTP.length, concurrency: 6 }],
    judge: onlyStatuses((status) => status < 500 || status === 505),
    prepare:
      ({ url }) =>
      (index) =>
        sendRaw(url, NOT_HTTP[index] ?? ''),
  },
  oneBudget,
];
