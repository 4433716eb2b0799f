import type { Call } from '../project/calls.ts';

const encode = encodeURIComponent;
const JSON_TYPE = { 'content-type': 'application/json' };

/** The maximum length of a value in a query: Node limits the size of all headers. */
const MAX_QUERY = 4000;

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const annotated = (values: unknown, value: unknown = '3') =>
  JSON.stringify({ json: { length: value }, meta: { values } });

/** Inputs over RPC, as JSON or what looks like it. */
const INPUTS = [
  '{"json":{"length":3}}',
  ' {\n"json" : {"length":\t3 } } ',
  '{"json":{"length":3.0e0}}',
  '{"json":{"length":3,"length":4}}',
  '{"json":{"length":3,"more":[{}]}}',
  '{"json":{"length":3},"meta":{}}',
  '{"json":{"length":3},"meta":{"values":{}},"more":1}',
  '{"json":{"length":"3"}}',
  '{"json":{"length":9007199254740993}}',
  '{"json":{"length":1e400}}',
  '{"json":{"length":-0}}',
  '{"json":{"length":null}}',
  '{"json":{"__proto__":{"length":3}}}',
  '{"json":{"constructor":{"prototype":{"length":3}}}}',
  '{"json":{"length":"\\ud800"}}',
  '{"json":{"length":"\\u0000"}}',
  '{"json":null}',
  '{"json":[]}',
  '{"json":3}',
  '{}',
  '[]',
  'null',
  '3',
  '"x"',
  annotated({ length: ['Date'] }),
  annotated({ length: ['bigint'] }),
  annotated({ length: ['number'] }, 'NaN'),
  annotated({ length: ['undefined'] }, null),
  annotated({ length: ['regexp'] }, '/(a+)+$/'),
  annotated({ length: ['URL'] }, 'not a url'),
  annotated({ length: [['class', 'Error']] }, {}),
  annotated({ length: [['custom', 'x']] }),
  annotated({ length: ['x'] }),
  annotated({ 'length.deep': ['Date'] }),
  annotated({ '__proto__.x': ['Date'] }),
  annotated(['Date']),
  annotated('Date'),
  annotated({ length: [['typed-array', 'Uint8Array']] }, [1, 2]),
  '{"json":{"length":3,"b":3},"meta":{"referentialEqualities":{"length":["b"]}}}',
  '{"json":{"length":3},"meta":{"referentialEqualities":{"length":["a.b.c"]}}}',
  '{"json":{"length":3},"meta":{"v":1}}',
  ...[62, 63, 64, 65, 1000].map((levels) => `{"json":${nested(levels)}}`),
  ...[9_998, 10_010, 70_000].map((values) => `{"json":[${'1,'.repeat(values)}1]}`),
  '',
  ' ',
  '{',
  '{"json":{"length":3}',
  '{"json":{"length":3}}}',
  '{"json":{"length":3},}',
  '{"json":{"length":03}}',
  '{"json":{"length":+3}}',
  '{"json":{"length":.3}}',
  '{"json":{"length":NaN}}',
  "{'json':{'length':3}}",
  '{"json":"\u0001"}',
  '\uFEFF{"json":{"length":3}}',
  '{"json":{"length":3}} // a comment',
  nested(100_000),
];

/** Returns each input in each form of a call over RPC. */
const rpc = (): Call[] =>
  INPUTS.flatMap((input) => {
    const batch = `{"0":${input},"1":{"json":{"length":1}}}`;
    const post = (path: string, text: string, headers = {}): Call => ({
      path: `/api/trpc/${path}`,
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: { text },
    });
    const get = (path: string, text: string): Call[] =>
      encode(text).length > MAX_QUERY ? [] : [{ path: `/api/trpc/${path}input=${encode(text)}` }];
    return [
      ...get('text?', input),
      ...get('text,text?batch=1&', batch),
      post('size', input),
      post('size,size?batch=1', batch),
      post('size,size?batch=1', batch, { 'trpc-accept': 'application/jsonl' }),
    ];
  });

/** Bodies over REST. */
const BODIES = [
  '{"at":"2026-01-01T00:00:00Z","tags":["a"]}',
  '{"at":"2026-01-01T00:00:00Z","tags":"a"}',
  '{"at":1,"tags":["a"],"length":8}',
  '{"at":"2026-02-30T00:00:00Z","tags":[1]}',
  '{"__proto__":{"at":"2026-01-01"},"tags":[]}',
  'at=2026-01-01T00:00:00Z&tags=a&tags=%C3%A9',
  'at=2026-01-01T00:00:00Z&tags[]=a',
  'at=%&tags=%FF&tags[0][x]=1',
  '{"at":',
  '[]',
  '',
  nested(65),
];
const TYPES = [
  'application/json',
  'Application/JSON; Charset=UTF-8',
  'application/json; charset=latin1',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  'application/octet-stream',
  'x',
];

const put = (type: string, text: string): Call => ({
  path: '/api/v1/text/7',
  method: 'PUT',
  headers: { 'content-type': type },
  body: { text },
});

/** Returns each body with each media type, and bodies with too many values. */
const rest = (): Call[] => [
  ...BODIES.flatMap((text) => TYPES.map((type) => put(type, text))),
  put('application/json', `{"at":"2026-01-01T00:00:00Z","tags":[${'"a",'.repeat(10_000)}"a"]}`),
  put('application/x-www-form-urlencoded', 'tags=a&'.repeat(2000)),
];

/** Bodies that are not UTF-8, or have a mark of their encoding. */
const BYTES: Uint8Array[] = [
  Buffer.from('\uFEFF{"at":"2026-01-01T00:00:00Z","tags":[]}'),
  Buffer.from('{"at":"2026-01-01T00:00:00Z","tags":["é"]}', 'latin1'),
  Buffer.from('{"at":"2026-01-01T00:00:00Z","tags":["é"]}', 'utf16le'),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  Buffer.from([0x22, 0xc3, 0x22]),
  Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  Buffer.from([0x00]),
  Buffer.from([0x1f, 0x8b, 0x08]),
];

/** Returns bodies of bytes over both surfaces. */
const bytes = (): Call[] =>
  BYTES.flatMap((body) =>
    [
      { path: '/api/v1/text/7', method: 'PUT', headers: JSON_TYPE },
      { path: '/api/trpc/size', method: 'POST', headers: JSON_TYPE },
      {
        path: '/api/v1/text/7',
        method: 'PUT',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      { path: '/api/v1/text/7', method: 'PUT', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
    ].map((call) => ({ ...call, body: { base64: Buffer.from(body).toString('base64') } })),
  );

const part = (disposition: string, content: string, others = '') =>
  `--x\r\nContent-Disposition: ${disposition}\r\n${others}\r\n${content}\r\n`;
const TITLE = part('form-data; name="title"', 'a');
const FILE = part('form-data; name="file"; filename="a.txt"', 'content', 'Content-Type: text/plain\r\n');

/** Forms with files, as clients write them and as they should not. */
const FORMS = [
  `${TITLE}${FILE}--x--\r\n`,
  `${FILE}${TITLE}--x--`,
  `preamble\r\n${TITLE}${FILE}--x--\r\nepilogue`,
  `${TITLE}${FILE}`,
  `${TITLE}${FILE.slice(0, -4)}`,
  `${TITLE}--x--\r\n`,
  `${TITLE}${TITLE}${FILE}--x--\r\n`,
  `${TITLE}${FILE}${FILE}--x--\r\n`,
  `${TITLE}${FILE}${part('form-data; name="more"', 'b')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"', 'text, not a file')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename=""', '')}--x--\r\n`,
  `${TITLE}${part(`form-data; name="file"; filename*=UTF-8''%C3%A9.txt`, 'a')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename="../../é\\"b.txt"', 'a')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename="a%0D%0Ab%22.txt"', 'a')}--x--\r\n`,
  `${TITLE}${part('attachment; name="file"; filename="a"', 'a')}--x--\r\n`,
  `${TITLE}${part('form-data; filename="a"', 'a')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename="a"', 'YQ==', 'Content-Transfer-Encoding: base64\r\n')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename="a"', '--x\r\n--xy\r\n-x')}--x--\r\n`,
  `${TITLE}${part('form-data; name="file"; filename="a"', 'a', `X-Long: ${'x'.repeat(20_000)}\r\n`)}--x--\r\n`,
  `${part('form-data; name="__proto__"', 'a')}${TITLE}${FILE}--x--\r\n`,
  `${part('form-data; name="title[a]"', 'a')}${FILE}--x--\r\n`,
  `${TITLE}${FILE}--x--\r\n`.replaceAll('\r\n', '\n'),
  `${TITLE.repeat(2000)}${FILE}--x--\r\n`,
  '--x--\r\n',
  '',
];
const BOUNDARIES = ['boundary=x', 'boundary="x"', 'boundary=y', 'boundary=', 'charset=utf-8'];

/** Returns uploads over both surfaces. */
const uploads = (): Call[] => [
  ...FORMS.flatMap((text) =>
    ['/api/v1/files', '/api/trpc/upload'].map((path) => ({
      path,
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: { text },
    })),
  ),
  ...BOUNDARIES.map((boundary) => ({
    path: '/api/v1/files',
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; ${boundary}` },
    body: { text: FORMS[0] ?? '' },
  })),
];

const MIB = 1024 * 1024;

/** Returns bodies around the maximum size. */
const sizes = (): Call[] =>
  [MIB - 1, MIB, MIB + 1].flatMap((size) => [
    { path: '/api/v1/text/7', method: 'PUT', headers: JSON_TYPE, body: { text: ' ', times: size } },
    { path: '/api/trpc/size', method: 'POST', headers: JSON_TYPE, body: { text: ' ', times: size } },
  ]);

/** Returns requests whose inputs and bodies differ. */
export const bodyRequests = (): Call[] => [...rpc(), ...rest(), ...bytes(), ...uploads(), ...sizes()];
