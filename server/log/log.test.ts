import { setTimeout as pause } from 'node:timers/promises';
import { APICallError } from '@ai-sdk/provider';
import { describe, expect, test } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { pino } from 'pino';
import { z } from 'zod';
import { appRouter } from '#routers/index';
import { AppError } from '#server/errors';
import fc from '#test/fast-check';
import { describeError, plainText } from './describe.ts';
import { serializers } from './index.ts';
import { createLineStream, MAX_LINE_BYTES } from './lines.ts';
import { namePaths } from './paths.ts';

const SECRET = 'planted-5ecret-é-77';

/** An error like postgres.js's for a row that violates a constraint. */
const violation = () =>
  Object.assign(new Error(`duplicate key value violates unique constraint "users_email_key" (${SECRET})`), {
    name: 'PostgresError',
    code: '23505',
    detail: `Key (email)=(${SECRET}) already exists.`,
    where: SECRET,
    constraint_name: 'users_email_key',
    table_name: 'users',
    parameters: [SECRET],
  });
const statement = 'insert into "users" ("email") values ($1)';

describe('describeError', () => {
  test('returns the SQLSTATE, constraint, table and statement of a database error', () => {
    const described = describeError(new DrizzleQueryError(statement, [SECRET], violation()));
    expect(described).toMatchObject({
      statement,
      cause: {
        type: 'PostgresError',
        sqlstate: '23505',
        constraint: 'users_email_key',
        table: 'users',
      },
    });
    expect(JSON.stringify(described)).not.toContain(SECRET);
    expect(described.cause?.stack?.[0]).toMatch(/server\/log\/log\.test\.ts:\d+:\d+/);
  });

  test('cuts a statement to 1 KB', () => {
    const long = `select ${'é, '.repeat(400_000)}`;
    const described = describeError(new DrizzleQueryError(long, [], violation()));
    expect(Buffer.byteLength(described.statement ?? '')).toBeLessThanOrEqual(1024);
  });

  test('returns no text of a provider, a parser or a caller', () => {
    const responseBody = `{"error":"${SECRET}"}`;
    const call = new APICallError({
      message: SECRET,
      url: `https://x.test/${SECRET}`,
      requestBodyValues: { messages: [SECRET] },
      statusCode: 503,
      responseHeaders: { cookie: SECRET },
      responseBody,
    });
    const parsed = z.strictObject({ title: z.string() }).safeParse({ title: 1, [SECRET]: SECRET });
    const thrown: unknown[] = [
      new AppError('MODEL_UNAVAILABLE', { cause: call }),
      parsed.error,
      SECRET,
      { message: SECRET, code: SECRET, data: SECRET },
      Object.assign(new Error(`${SECRET}\n    at ${SECRET} (/x/y.ts:1:1)`), { name: SECRET, code: SECRET }),
    ];
    for (const error of thrown) expect(JSON.stringify(describeError(error))).not.toContain(SECRET);
    expect(describeError(thrown[0])).toMatchObject({
      type: 'TRPCError',
      code: 'MODEL_UNAVAILABLE',
      cause: { status: 503 },
    });
    expect(describeError(thrown[1])).toMatchObject({
      issues: ['invalid_type at title', 'unrecognized_keys at '],
    });
  });

  test('returns the message of a bug in our code', () => {
    const message = "Cannot read properties of undefined (reading 'title')";
    const described = describeError(new TypeError(message));
    expect(described).toMatchObject({ type: 'TypeError', message });
    expect(described.stack?.[0]).toMatch(/server\/log\/log\.test\.ts:\d+:\d+/);
  });

  test('returns places in functions without a name, and after an await', () => {
    const places = ['/x/routers/chat.ts:12:3', 'async file:///x/routers/chat.ts:11:5'];
    const stack = ['Error: x', ...places.map((place) => `    at ${place}`)].join('\n');
    expect(describeError({ name: 'Error', message: 'x', stack }).stack).toEqual([
      '/x/routers/chat.ts:12:3',
      'async /x/routers/chat.ts:11:5',
    ]);
  });

  test('returns a description of limited size for any thrown value', () => {
    const endless: { cause?: unknown } = new Error('x');
    endless.cause = endless;
    const hostile = Object.defineProperty(new Error('x'), 'code', {
      get: () => {
        throw new Error('no');
      },
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.constant(endless), fc.constant(hostile)), (thrown) => {
        expect(JSON.stringify(describeError(thrown)).length).toBeLessThan(20_000);
      }),
      { numRuns: 200 },
    );
  });
});

test('plainText returns a text only if it consists of plain words', () => {
  expect(plainText('Failed to create user')).toBe('Failed to create user');
  for (const text of ['token: a8f0', SECRET, 'a'.repeat(40), undefined])
    expect(plainText(text)).toBeUndefined();
});

describe('log lines', () => {
  /** Creates a logger on the stream, and records its lines. */
  function record(windowMs?: number) {
    const lines: Record<string, unknown>[] = [];
    const sizes: number[] = [];
    const stream = createLineStream(
      {
        write(line) {
          sizes.push(Buffer.byteLength(line));
          lines.push(z.looseObject({}).parse(JSON.parse(line)));
        },
      },
      windowMs,
    );
    return { log: pino({ serializers }, stream), lines, sizes, stream };
  }

  test('have at most 4 KB, and keep the request id and message', () => {
    const { log, lines, sizes } = record();
    const long = 'é"\n'.repeat(500_000);
    const userAgent = long;
    log.info({ requestId: 'r1', path: long, userAgent }, 'request');
    log.error({ requestId: 'r2', err: { name: 'x' }, list: Array.from({ length: 3 }, () => long) }, long);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(lines).toMatchObject([{ requestId: 'r1', msg: 'request' }, { requestId: 'r2' }]);
  });

  test('of the same fault are written once, and once more with their count when the window ends', async () => {
    const { log, lines } = record(50);
    for (let i = 0; i < 100; i++)
      log.error({ err: violation(), procedure: 'users.me', requestId: `r${i}` }, 'failed');
    expect(lines).toMatchObject([{ requestId: 'r0' }]);
    await pause(80);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({
      requestId: 'r99',
      repeated: 99,
      requestIds: expect.arrayContaining(['r1']),
    });
    await pause(120);
    log.error({ err: violation(), procedure: 'users.me', requestId: 'later' }, 'failed');
    expect(lines).toMatchObject([{}, {}, { requestId: 'later' }]);
  });

  test('are all written for different faults, and for levels below a warning', () => {
    const { log, lines } = record();
    log.error({ err: violation(), procedure: 'users.me' }, 'failed');
    log.error({ err: violation(), procedure: 'chat.list' }, 'failed');
    log.error({ err: new TypeError('x is not a function'), procedure: 'users.me' }, 'failed');
    log.warn({ procedure: 'users.me' }, 'failed');
    log.info('request');
    log.info('request');
    expect(lines).toHaveLength(6);
  });

  test('of too many different faults share one count, which a flush writes', () => {
    const { log, lines, stream } = record();
    for (let i = 0; i < 5000; i++) log.warn({ procedure: `p${i}` }, 'failed');
    expect(lines.length).toBeLessThan(150);
    const before = lines.length;
    stream.flush();
    expect(lines.slice(before)).toMatchObject([{ repeated: 5000 - before }]);
  });
});

describe('namePaths keeps known segments and ids, and replaces others', () => {
  const nameOf = namePaths(appRouter, ['/sign-in/email']);

  test.each([
    ['/api/v1/chats/0199a1b2-0000-7000-8000-000000000000/messages', undefined],
    ['/api/trpc/chat.list,users.me', undefined],
    ['/api/auth/sign-in/email', undefined],
    ['/api/health', undefined],
    [`/api/v1/protected/api-keys/sb_${'a'.repeat(43)}`, '/api/v1/protected/api-keys/*'],
    ['/api/trpc/chat.list,sk-secret', '/api/trpc/chat.list,*'],
    [`/${'a/'.repeat(2000)}`, '*'],
  ])('%.60s', (path, shown = path) => {
    expect(nameOf(path)).toBe(shown);
    expect(nameOf(path)).toBe(shown);
  });
});
