import type { Call } from '../project/calls.ts';

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'application/x-www-form-urlencoded' };
const lines = { 'trpc-accept': 'application/jsonl' };
const boundary = { 'content-type': 'multipart/form-data; boundary=x' };
const encode = encodeURIComponent;

/** Requests whose responses must have a certain status. */
export const KNOWN: Call[] = [
  { expected: 200, path: '/api/v1/text/5' },
  { expected: 304, path: '/api/v1/text/5', headers: { 'if-none-match': '*' } },
  // Long enough to be compressed. The client decodes it.
  { expected: 200, path: '/api/v1/text/5000' },
  { expected: 400, path: '/api/v1/text/x' },
  { expected: 404, path: '/api/v1/nothing' },
  { expected: 200, path: '/api/v1/hello', method: 'POST', headers: { 'x-name': 'Ada' } },
  {
    expected: 200,
    path: '/api/v1/files',
    method: 'POST',
    body: {
      form: [
        ['title', 'ü "quoted"'],
        ['file', '\r\n--content', 'ü.txt'],
      ],
    },
  },
  { expected: 400, path: '/api/v1/files', method: 'POST', body: { text: '--x' }, headers: boundary },
  { expected: 200, path: `/api/trpc/text?input=${encode('{"json":{"length":3}}')}` },
  {
    expected: 200,
    path: '/api/trpc/hello',
    method: 'POST',
    body: { text: '{"json":null}' },
    headers: json,
  },
  { expected: 400, path: '/api/trpc/text?input=%7B', headers: json },
  { expected: 207, path: `/api/trpc/text,nothing?batch=1&input=${encode('{"0":{"json":{"length":1}}}')}` },
  {
    expected: 200,
    path: `/api/trpc/text,fail?batch=1&input=${encode('{"0":{"json":{"length":1}}}')}`,
    headers: lines,
  },
  { expected: 200, path: `/api/trpc/count?input=${encode('{"json":{"to":2}}')}` },
  { expected: 200, path: '/api/v1/count?to=3' },
  { expected: 200, path: '/api/v1/count?to=1', headers: { accept: 'application/x-ndjson' } },
  {
    expected: 200,
    path: '/api/v1/text/7',
    method: 'PUT',
    headers: json,
    body: { text: '{"at":"2026-01-01T00:00:00Z","tags":["a"]}' },
  },
  {
    expected: 200,
    path: '/api/v1/text/7',
    method: 'PUT',
    headers: text,
    body: { text: 'at=2026-01-01T00:00:00Z&tags=a&tags=b' },
  },
  {
    expected: 400,
    path: '/api/v1/text/7',
    method: 'PUT',
    headers: json,
    body: { text: '{"at":"never"}' },
  },
  { expected: 405, path: '/api/v1/text/7', method: 'DELETE' },
  { expected: 204, path: '/api/v1/text/7', method: 'OPTIONS' },
  { expected: 200, path: '/api/v1/text/7', method: 'HEAD' },
  {
    expected: 403,
    path: '/api/v1/hello',
    method: 'POST',
    headers: { origin: 'https://evil.example', cookie: 'a=1' },
  },
  {
    expected: 200,
    path: '/api/v1/hello',
    method: 'POST',
    headers: { origin: 'https://app.example', cookie: 'a=1' },
  },
  {
    expected: 413,
    path: '/api/v1/text/7',
    method: 'PUT',
    headers: json,
    body: { text: 'x', times: 1024 * 1024 + 1 },
  },
  { expected: 500, path: '/api/v1/fail' },
  { expected: 200, path: '/api/openapi.json' },
];
