import type { Call } from '../project/calls.ts';

const encode = encodeURIComponent;
const LENGTH = '{"json":{"length":2}}';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PATHS = [
  '/api/v1/text/5',
  '/api/v1/text/5/',
  '/api/v1//text/5',
  '/api/v1/text/%35',
  '/api/v1/text/5%2F6',
  '/api/v1/text/%E0%A4%A',
  '/api/v1/hello',
  '/api/v1/count?to=1',
  '/api/v1/nothing',
  '/api/v1',
  '/api/openapi.json',
  '/api/trpc',
  '/api/trpc/hello',
  '/api/trpc/h%65llo',
  '/api/trpc/nothing',
  '/api/trpc/body',
  '/api/trpc/toString',
  '/api/trpc/__proto__',
  `/api/trpc/text?input=${encode(LENGTH)}`,
  '/elsewhere',
];

/** Returns each method on each path. */
const methods = (): Call[] => PATHS.flatMap((path) => METHODS.map((method) => ({ path, method })));

const QUERIES = [
  'to=2&to=3',
  'to[]=2',
  'to[a]=2',
  'to=',
  'to',
  '',
  '&&to=2',
  'to=2&more=1',
  'to=%32',
  'to=%',
  'to=%FF',
  'to=+2',
  'to=2.0',
  'to=0x2',
  'to=1e0',
  'to=%20%202',
  '__proto__[to]=2',
  'to=2&__proto__=1',
  'to=NaN',
  'to=-1',
];

/** Returns a stream for each form of a query, over both surfaces. */
const queries = (): Call[] =>
  QUERIES.flatMap((query) => [
    { path: `/api/v1/count?${query}` },
    { path: `/api/trpc/count?input=${encode('{"json":{"to":1}}')}&${query}` },
  ]);

const HEADERS: Record<string, string[]> = {
  accept: [
    'application/json',
    'text/event-stream',
    'application/x-ndjson',
    'application/jsonl',
    'text/html',
    'application/*;q=0.5, text/event-stream;q=0.1',
    ';;,',
  ],
  'trpc-accept': ['application/jsonl', 'text/plain'],
  'if-none-match': ['*', '"a"', 'W/"a"', 'a', '"a", *', ','],
  'if-match': ['*', '"a"', 'a'],
  'if-modified-since': ['Thu, 01 Jan 2026 00:00:00 GMT'],
  range: ['bytes=0-1'],
  'last-event-id': ['1', '9', 'x'],
  authorization: ['Bearer x', 'Basic x', 'x'],
  cookie: ['a=1', 'a'],
  'content-type': ['application/json', 'text/plain', 'x'],
  'x-request-id': ['an-id', 'not an id!', 'x'.repeat(300)],
  'idempotency-key': ['a-key', '"quoted"', 'x'.repeat(300)],
  'x-name': ['Ada', 'x'.repeat(1000)],
  'x-http-method-override': ['DELETE'],
};
const TARGETS: Call[] = [
  { path: '/api/v1/text/5' },
  { path: '/api/v1/hello', method: 'POST' },
  { path: '/api/v1/count?to=2' },
  { path: `/api/trpc/text?input=${encode(LENGTH)}` },
  { path: `/api/trpc/text,text?batch=1&input=${encode(`{"0":${LENGTH},"1":${LENGTH}}`)}` },
  { path: `/api/trpc/count?input=${encode('{"json":{"to":2}}')}` },
];

/** Returns each header in several forms, to a procedure of each kind. */
const headers = (): Call[] =>
  Object.entries(HEADERS).flatMap(([name, values]) =>
    values.flatMap((value) => TARGETS.map((target) => ({ ...target, headers: { [name]: value } }))),
  );

const ORIGINS = ['https://app.example', 'https://evil.example', 'null', 'http://localhost', 'x'];
const SITES = ['same-origin', 'same-site', 'cross-site', 'none'];
const CREDENTIALS: Record<string, string>[] = [{}, { cookie: 'a=1' }, { authorization: 'Bearer x' }];

/** Returns requests of pages of other origins, and their preflights. */
const origins = (): Call[] =>
  [...ORIGINS.map((origin) => ({ origin })), ...SITES.map((site) => ({ 'sec-fetch-site': site }))].flatMap(
    (from) => [
      ...CREDENTIALS.flatMap((credentials) =>
        ['GET', 'POST'].flatMap((method) =>
          ['/api/v1/hello', '/api/trpc/hello'].map((path) => ({
            path,
            method,
            headers: { ...from, ...credentials },
          })),
        ),
      ),
      ...['/api/v1/text/5', '/api/trpc/hello', '/api/openapi.json'].map((path) => ({
        path,
        method: 'OPTIONS',
        headers: {
          ...from,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'content-type, x-name',
        },
      })),
    ],
  );

const SIZES = [1, 2, 19, 20, 21];

/** Returns batches of several sizes, answered as a whole and as a stream. */
const batches = (): Call[] =>
  SIZES.flatMap((size) => {
    const inputs = encode(JSON.stringify(Array.from({ length: size }, () => ({ json: { length: 1 } }))));
    const object = encode(`{${Array.from({ length: size }, (_, i) => `"${i}":${LENGTH}`).join()}}`);
    const paths = [
      Array.from({ length: size }, () => 'text').join(),
      Array.from({ length: size }, (_, i) => (i % 2 ? 'nothing' : 'text')).join(),
      Array.from({ length: size }, (_, i) => (i % 2 ? 'fail' : 'text')).join(),
    ];
    return paths.flatMap((names) =>
      [`${names}?batch=1&input=${object}`, `${names}?batch=1&input=${inputs}`, `${names}?batch=1`].flatMap(
        (path) => [
          { path: `/api/trpc/${path}` },
          { path: `/api/trpc/${path}`, headers: { 'trpc-accept': 'application/jsonl' } },
        ],
      ),
    );
  });

/** Returns requests whose method, path, query and headers differ. */
export const protocolRequests = (): Call[] => [
  ...methods(),
  ...queries(),
  ...headers(),
  ...origins(),
  ...batches(),
];
