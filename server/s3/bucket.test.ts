import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseEnv } from '#server/env';
import { SECRETS } from '#test/caller';
import { type S3Server, startS3Server } from '#test/s3-server';
import { type Bucket, openBucket, READ_BYTES, readRange } from './bucket.ts';
import { s3Config } from './config.ts';
import { S3Error } from './error.ts';

/** More than two parts of an upload. */
const LARGE = 26 * 1024 * 1024;

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());
afterEach(() => server.setFault(() => 'pass'));

function open(settings: Record<string, string> = {}, limits?: { shortMs: number; partMs: number }): Bucket {
  const config = s3Config(parseEnv({ ...SECRETS, ...server.settings, ...settings }));
  if (!config) throw new Error('There is no bucket.');
  return openBucket(config, limits);
}

async function problemOf(work: Promise<unknown>): Promise<S3Error> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3Error)) throw new Error('No problem was reported.', { cause: error });
  return error;
}

const keysOf = async (bucket: Bucket, prefix: string) =>
  (await Array.fromAsync(bucket.list(prefix))).map(({ key }) => key);

/** Yields bytes that differ, in chunks of an odd length. */
async function* bytes(length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += 65_537) {
    yield Buffer.alloc(Math.min(65_537, length - at), `${at}-`);
  }
}

async function hashOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

describe('objects', () => {
  test('are stored, read, listed and removed, also with unusual keys', async () => {
    const bucket = open();
    const keys = ['plain', "sp ace+plus&amp'(1)*!.txt", 'ümläut/字/😀', 'a=b?c#d%20'].map(
      (key) => `odd/${key}`,
    );
    for (const key of keys) await bucket.put(key, Buffer.from(key));
    expect(await keysOf(bucket, 'odd/')).toEqual([...keys].sort());
    for (const key of keys) {
      const { length } = Buffer.from(key);
      expect(await bucket.size(key)).toBe(length);
      expect((await bucket.read(key, { start: 0, end: length }))?.toString()).toBe(key);
      await bucket.remove(key);
      expect(await bucket.size(key)).toBeUndefined();
      expect(await bucket.read(key, { start: 0, end: 1 })).toBeUndefined();
      await bucket.remove(key);
    }
    expect(await keysOf(bucket, 'odd/')).toEqual([]);
  });

  test('are all listed, if there are more than in one response', async () => {
    const bucket = open();
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => bucket.put(key, Buffer.from('x'))));
    }
    expect(await keysOf(bucket, 'many/')).toEqual(keys);
  }, 60_000);
});

describe('a stream', () => {
  test.each([5, 10 * 1024 * 1024, LARGE])('of %d bytes is stored as it is', async (length) => {
    const bucket = open();
    expect(await bucket.putStream('stream', bytes(length))).toBe(length);
    expect(await bucket.size('stream')).toBe(length);
    expect(await hashOf(readRange(bucket, 'stream', { start: 0, end: length }))).toBe(
      await hashOf(bytes(length)),
    );
    const range = { start: READ_BYTES - 1, end: READ_BYTES + 10 };
    if (length === LARGE) expect(await hashOf(readRange(bucket, 'stream', range))).toHaveLength(64);
    await bucket.remove('stream');
  });

  test('that fails or is ended leaves no object and no part', async () => {
    const bucket = open();
    async function* failing() {
      yield* bytes(LARGE);
      throw new Error('broken off');
    }
    await expect(bucket.putStream('failing', failing())).rejects.toThrow('broken off');
    const stop = new AbortController();
    let parts = 0;
    server.setFault(({ url = '' }) => {
      if (url.includes('partNumber') && ++parts === 2) stop.abort();
      return 'pass';
    });
    await expect(bucket.putStream('failing', bytes(LARGE), stop.signal)).rejects.toThrow('aborted');
    server.setFault(({ url = '' }) => (url.includes('partNumber=2') ? { status: 403 } : 'pass'));
    expect((await problemOf(bucket.putStream('failing', bytes(LARGE)))).code).toBe('HTTP403');
    expect(await bucket.size('failing')).toBeUndefined();
    expect(server.leftParts()).toEqual([]);
  });
});

describe('a server', () => {
  test('that fails for a moment is asked again', async () => {
    let requests = 0;
    server.setFault(() => (++requests < 3 ? { status: 503 } : 'pass'));
    const bucket = open();
    await bucket.put('again', Buffer.from('again'));
    expect(requests).toBe(3);
    server.setFault(() => 'pass');
    expect(await bucket.size('again')).toBe(5);
  });

  test.each([
    [
      'does not respond',
      () => 'hang' as const,
      /^The S3 server 127\.0\.0\.1:\d+ has not responded within 0\.3 s/,
    ],
    ['always fails', () => ({ status: 500 }), /rejected by the bucket example-bucket.*: 500 Http500/],
    ['redirects', () => ({ status: 301 }), /: 301 Http301/],
  ])('that %s is reported', async (_, fault, message) => {
    server.setFault(fault);
    const bucket = open({}, { shortMs: fault() === 'hang' ? 300 : 10_000, partMs: 300 });
    expect((await problemOf(bucket.size('x'))).message).toMatch(message);
  });

  test.each([
    [
      'another secret',
      { S3_SECRET_ACCESS_KEY: 'not-the-secret' },
      /SignatureDoesNotMatch\. Correct S3_SECRET_ACCESS_KEY\.$/,
    ],
    ['an unknown key', { S3_ACCESS_KEY_ID: 'UNKNOWN' }, /InvalidAccessKeyId\. Correct S3_ACCESS_KEY_ID\.$/],
    [
      'no such bucket',
      { S3_BUCKET: 'missing-bucket' },
      /missing-bucket.*NoSuchBucket\. Create it, or correct S3_BUCKET\.$/,
    ],
    [
      'nothing at the URL',
      { S3_ENDPOINT: 'http://127.0.0.1:1' },
      /^The S3 server 127\.0\.0\.1:1 cannot be reached/,
    ],
  ])('with %s is reported, without secrets', async (_, settings, message) => {
    const error = await problemOf(keysOf(open(settings), ''));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('not-the-secret');
    expect(error.code).toMatch(/^[A-Z_]+$/);
  });
});

test('the settings of a bucket are checked', () => {
  const parse = (settings: Record<string, string>) =>
    parseEnv({ ...SECRETS, ...server.settings, ...settings });
  expect(() => parse({ S3_SECRET_ACCESS_KEY: '' })).toThrow('S3_BUCKET: needs S3_ACCESS_KEY_ID and');
  expect(() => parse({ S3_PREFIX: 'no-slash' })).toThrow('S3_PREFIX: must end with /');
  expect(() => parse({ S3_PREFIX: '../' })).toThrow('S3_PREFIX');
  expect(() => parse({ S3_BUCKET: 'Not a bucket' })).toThrow('S3_BUCKET: must be the name');
  expect(s3Config(parse({ S3_BUCKET: '' }))).toBeUndefined();
  const amazon = s3Config(parse({ S3_ENDPOINT: '', S3_REGION: 'eu-central-1' }));
  expect(amazon).toMatchObject({ endpoint: 'https://s3.eu-central-1.amazonaws.com', usesPath: false });
});
