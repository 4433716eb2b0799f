import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { postAuth } from '#test/client';
import { type RunningServer, StartError, startServer } from '#test/server';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const ADDRESS = '2001:db8:7:9::77';

const Line = z.looseObject({ level: z.number(), time: z.number(), msg: z.string() });
const parse = (line: string) => Line.parse(JSON.parse(line));
const linesOf = ({ log }: RunningServer) => log().trimEnd().split('\n');

/** Sends requests, and stops the server. @returns the size of the body of each response. */
async function use(server: RunningServer): Promise<number[]> {
  const headers = { traceparent: PARENT };
  const sizes: number[] = [];
  for (const [path, init] of [
    ['/api/v1/users/me', { headers: { ...headers, 'x-request-id': 'rest' } }],
    ['/api/trpc/users.me?input=secret', { headers: { traceparent: 'secret', 'x-request-id': 'rpc' } }],
    ['/api/health', { method: 'HEAD', headers: { 'x-request-id': 'head' } }],
    ['/api/secret/secret?secret', { headers: { 'x-request-id': 'nothing' } }],
  ] as const) {
    const response = await fetch(`${server.url}${path}`, init);
    sizes.push((await response.arrayBuffer()).byteLength);
  }
  await postAuth(
    server.url,
    '/sign-in/email',
    { email: 'nobody@example.com', password: 'no-password' },
    { 'x-forwarded-for': ADDRESS },
  );
  expect(await server.stop()).toBe(0);
  return sizes;
}

test('every line from start to stop is JSON, and those of requests have trace, surface and size', async () => {
  const server = await startServer({ LOG_LEVEL: 'info', TRUST_PROXY: 'true', DRAIN_MS: '0' });
  const sizes = await use(server);
  // The code of the first admin is no line of the log.
  const lines = linesOf(server).filter((line) => line.startsWith('{'));
  const texts = lines.map((line) => parse(line).msg);
  expect(texts.filter((text) => text.startsWith(PRODUCT.name))).toEqual([
    `${PRODUCT.name} is ready: ${server.url.replace('127.0.0.1', 'localhost')}`,
    `${PRODUCT.name} is stopping`,
    `${PRODUCT.name} has stopped`,
  ]);
  expect(linesOf(server).filter((line) => line.includes(PRODUCT.name) && !line.startsWith('{'))).toEqual([]);

  const access = lines.map(parse).filter(({ msg }) => msg === 'request');
  const find = (id: string) => access.find(({ requestId }) => requestId === id);
  const [rest, rpc, , nothing] = sizes;
  expect(find('rest')).toMatchObject({ traceId: TRACE, surface: 'rest', bytes: rest, status: 401 });
  expect(find('rpc')).toMatchObject({ surface: 'rpc', bytes: rpc });
  expect(find('rpc')).not.toHaveProperty('traceId');
  expect(find('head')).toMatchObject({ surface: 'health', method: 'HEAD', bytes: 0 });
  expect(find('nothing')).toMatchObject({ surface: 'none', path: '/api/*/*', bytes: nothing });
  expect(server.log()).not.toContain('secret');
  expect(lines.map(parse)).toContainEqual(expect.objectContaining({ ip: ADDRESS }));
}, 120_000);

test('LOG_ADDRESS=short shortens addresses, and LOG_LEVEL does not hide start and stop', async () => {
  const server = await startServer({
    LOG_LEVEL: 'info',
    LOG_ADDRESS: 'short',
    TRUST_PROXY: 'true',
    DRAIN_MS: '0',
  });
  await use(server);
  expect(server.log()).toContain('"ip":"2001:db8:7::/48"');
  expect(server.log()).not.toContain(ADDRESS);

  const quiet = await startServer({ ...server.settings, LOG_LEVEL: 'fatal', LOG_ADDRESS: 'none' });
  await use(quiet);
  const lines = linesOf(quiet).filter((line) => line.startsWith('{'));
  expect(lines.map((line) => parse(line).msg)).toEqual([
    expect.stringContaining(`${PRODUCT.name} is ready`),
    `${PRODUCT.name} is stopping`,
    `${PRODUCT.name} has stopped`,
  ]);
}, 120_000);

test('LOG_FORMAT=pretty writes text for people', async () => {
  const server = await startServer({
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'pretty',
    LOG_ADDRESS: 'none',
    TRUST_PROXY: 'true',
    DRAIN_MS: '0',
  });
  await use(server);
  const text = server.log();
  expect(text).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d info ${PRODUCT.name} is ready: http`, 'm'));
  expect(text).toMatch(
    new RegExp(`info request traceId=${TRACE} surface=rest method=GET path=/api/v1/users/me status=401 `),
  );
  expect(text).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d info ${PRODUCT.name} has stopped`, 'm'));
  expect(text).not.toContain(ADDRESS);
  expect(text.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
}, 120_000);

test('a failed start is a line of the log, or a text for people', async () => {
  const wrong = { LOG_FORMAT: 'pretty', AUTH_SECRET: 'short' };
  const outputs = ['json', 'pretty'].map(async (LOG_FORMAT) => {
    const error: unknown = await startServer({ ...wrong, LOG_FORMAT }).catch((thrown: unknown) => thrown);
    if (!(error instanceof StartError)) throw new Error('It did not fail.');
    return error;
  });
  const [json, pretty] = await Promise.all(outputs);
  expect(parse(json?.raw ?? '')).toMatchObject({ level: 60, msg: expect.stringContaining('AUTH_SECRET: ') });
  expect(pretty?.raw).toMatch(/^These environment variables are not valid:\n {2}AUTH_SECRET: .*\n$/);
}, 120_000);
