import { type Attack, gets, isCounted, type Judge, type SendRequest } from '../attack.ts';
import type { Attacker, Fixture } from '../fixture.ts';

const MB = 1024 * 1024;
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Repeats `unit` up to a number of bytes. */
const upTo = (bytes: number, unit: string) => unit.repeat(Math.floor(bytes / unit.length));
const listOf = (bytes: number, item: string) => `[${upTo(bytes, `${item},`)}${item}]`;

/** Returns the body of a `useChat` request with these JSON texts. */
const chatBody = (parts: string, before = '') =>
  `{"id":"x","messages":[${before}{"id":"a","role":"user","parts":${parts}}]}`;

const CHAT_BYTES = 4 * MB - 200;
const CHAT: readonly (readonly [name: string, body: () => string, isLong?: true])[] = [
  ['4 MB of parts that are numbers', () => chatBody(listOf(CHAT_BYTES, '1'))],
  ['4 MB of messages that are numbers', () => `{"id":"x","messages":${listOf(CHAT_BYTES, '1')}}`],
  ['4 MB of text parts without a text', () => chatBody(listOf(CHAT_BYTES, '{"type":"text"}')), true],
  [
    '4 MB of earlier messages',
    () => chatBody('[]', upTo(CHAT_BYTES, '{"id":"a","role":"user","parts":[0]},')),
    true,
  ],
  ['4 MB of unknown fields', () => `{${upTo(CHAT_BYTES, '"a":0,')}"id":"x","messages":[]}`, true],
  ['4 MB of one text', () => chatBody(`[{"type":"text","text":"${'a'.repeat(CHAT_BYTES - 50)}"}]`), true],
  ['2 MB of opening brackets', () => '['.repeat(2 * MB), true],
];

const BYTES = MB - 100;
const keys = (bytes: number) =>
  `{${Array.from({ length: Math.floor(bytes / 22) }, (_, at) => `"\\u0041${String(at).padStart(6, '0')}":0`).join(',')}}`;

interface Body {
  name: string;
  path: string;
  type: string;
  body: () => string;
  isLong?: true;
}

const multipart = (parts: number) =>
  `${upTo(parts * 52, '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n')}--x--\r\n`;

const CREATE = '/api/v1/chats';
const BODIES: readonly Body[] = [
  { name: 'a form of 524,000 empty fields', path: CREATE, type: FORM_TYPE, body: () => upTo(BYTES, 'a&') },
  { name: '1 MB of keys with an escape', path: CREATE, type: JSON_TYPE, body: () => keys(BYTES) },
  {
    name: '1 MB of numbers',
    path: CREATE,
    type: JSON_TYPE,
    body: () => `{"title":${listOf(BYTES - 20, '1')}}`,
  },
  {
    name: '1 MB of empty objects',
    path: CREATE,
    type: JSON_TYPE,
    body: () => listOf(BYTES - 20, '{}'),
    isLong: true,
  },
  {
    name: 'a number of 1 MB',
    path: CREATE,
    type: JSON_TYPE,
    body: () => `{"title":${'1'.repeat(BYTES - 20)}}`,
  },
  {
    name: 'a form of nested fields',
    path: CREATE,
    type: FORM_TYPE,
    body: () => upTo(BYTES, 'a[0][0][0]=1&'),
    isLong: true,
  },
  {
    name: 'a form field 200,000 brackets deep',
    path: CREATE,
    type: FORM_TYPE,
    body: () => `a${'[a]'.repeat(200_000)}=1`,
  },
  {
    name: 'a form of escapes',
    path: CREATE,
    type: FORM_TYPE,
    body: () => `title=${upTo(BYTES - 20, '%41')}`,
    isLong: true,
  },
  {
    name: 'a form of numbered items',
    path: CREATE,
    type: FORM_TYPE,
    body: () =>
      Array.from({ length: 80_000 }, (_, at) => `a[${at}]=1`)
        .join('&')
        .slice(0, BYTES),
    isLong: true,
  },
  {
    name: '20,000 parts of a multipart form',
    path: CREATE,
    type: 'multipart/form-data; boundary=x',
    body: () => multipart(19_000),
  },
  {
    name: '1 MB of an unclosed multipart header',
    path: CREATE,
    type: 'multipart/form-data; boundary=x',
    body: () => `--x\r\n${'a'.repeat(BYTES - 20)}`,
    isLong: true,
  },
  {
    name: '500,000 nested lists',
    path: CREATE,
    type: JSON_TYPE,
    body: () => `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
  },
  {
    name: '1 MB of keys with an escape over RPC',
    path: '/api/trpc/chat.create',
    type: JSON_TYPE,
    body: () => `{"json":${keys(BYTES - 20)}}`,
  },
  {
    name: '1 MB of numbers over RPC',
    path: '/api/trpc/chat.create',
    type: JSON_TYPE,
    body: () => `{"json":{"title":${listOf(BYTES - 40, '1')}}}`,
    isLong: true,
  },
];
/** The server always reads this body, because signing in needs no credential. */
const SIGN_IN: Body = {
  name: '1 MB of numbers to sign in',
  path: '/api/auth/sign-in/email',
  type: JSON_TYPE,
  body: () => `{"email":${listOf(BYTES - 40, '1')}}`,
};

const sendBody = (attacker: Attacker, path: string, type: string, body: string): SendRequest => {
  const bytes = Buffer.from(body);
  return () => attacker.send(path, { method: 'POST', headers: { 'content-type': type }, body: bytes });
};

type Find = (fixture: Fixture) => Attacker | Promise<Attacker>;
const stranger: Find = (fixture) => fixture.stranger;
const guest: Find = (fixture) => fixture.guest();

/** Creates an attack with one body. @param judge expects that the server rejects the body. */
function withBody(entry: string, { name, path, type, body, isLong }: Body, find: Find, judge: Judge): Attack {
  return {
    entry,
    name,
    judge,
    ...(isLong && { isLong }),
    prepare: async (fixture) => sendBody(await find(fixture), path, type, body()),
  };
}

/**
 * Creates two attacks with a body: from a guest, whose body the server reads, and from a caller without a credential,
 * whose request it rejects before that.
 */
const byBoth = (entry: string, body: Body, isLong = body.isLong): Attack[] => [
  withBody(entry, { ...body, name: `${body.name} from a guest` }, guest, gets(400, 413)),
  withBody(
    entry,
    { ...body, name: `${body.name} from a stranger`, ...(isLong && { isLong }) },
    stranger,
    gets(401),
  ),
];

const urls: Attack[] = [
  ['a query of 4,000 fields', `?${'a&'.repeat(5_000)}`],
  ['a query of nested fields', `?${'a[0][0]=1&'.repeat(1_000)}`],
  ['a query of numbered items', `?${Array.from({ length: 900 }, (_, at) => `a[${at}]=1`).join('&')}`],
].map(([name = '', query = '']) => ({
  entry: 'A3',
  name,
  isLong: true,
  judge: gets(400),
  prepare: async (fixture) => {
    const guest = await fixture.guest();
    return () => guest.send(`${CREATE}${query}`);
  },
}));

/** Each body is allowed. Together they exceed the bytes per minute (BYTE_RATE_LIMIT). */
const bytes: Attack = {
  entry: 'A3',
  name: '40 bodies of 1 MB from a guest',
  isLong: true,
  rounds: [{ count: 40, concurrency: 4 }],
  judge: isCounted,
  prepare: async (fixture) =>
    sendBody(await guest(fixture), CREATE, JSON_TYPE, `{"title":"${'a'.repeat(BYTES - 20)}"}`),
};

/** Entries A2 and A3: bodies that are cheap to send and expensive to read. */
export const bodies: readonly Attack[] = [
  ...CHAT.flatMap(([name, body, isLong]) =>
    byBoth('A2', { name, path: '/api/chat', type: JSON_TYPE, body, ...(isLong && { isLong }) }),
  ),
  ...BODIES.flatMap((body) => byBoth('A3', body, true)),
  withBody('A3', SIGN_IN, stranger, gets(400)),
  bytes,
  ...urls,
];
