import { describe, expect, test } from '@jest/globals';
import { TRPCError } from '@trpc/server';
import { DrizzleQueryError } from 'drizzle-orm';
import { z } from 'zod';
import { formatLine } from './pretty.ts';
import { showError } from './terminal.ts';

const ROOT = '/home/ada/switchboard';

/** Returns an error with this stack. */
const thrown = (frames: string[], error = new Error('stuck')) =>
  Object.assign(error, { stack: [`Error: stuck`, ...frames.map((frame) => `    at ${frame}`)].join('\n') });

describe('showError returns as the place', () => {
  test.each([
    [[`${ROOT}/routers/chat.ts:12:3`], 'routers/chat.ts:12'],
    [[`async file://${ROOT}/server/chat/send.ts:7:9`], 'server/chat/send.ts:7'],
    [[`Object.<anonymous> (${ROOT}/app/(site)/chat/page.tsx:3:1)`], 'app/(site)/chat/page.tsx:3'],
    [[`handle (${ROOT}/app/api/[...path]/route.ts:3:1)`], 'app/api/[...path]/route.ts:3'],
    [
      [
        `parse (${ROOT}/node_modules/zod/v4/core/parse.js:7:1)`,
        'Worker.emit (node:events:514:28)',
        `toError (${ROOT}/server/db/embedded/thread.ts:30:72)`,
        `run (${ROOT}/src/layer/call/compile.ts:70:26)`,
        `async list (${ROOT}/server/people/users.ts:41:3)`,
        `async query (${ROOT}/routers/users.ts:25:179)`,
      ],
      'server/people/users.ts:41',
    ],
    [[`contextOf (${ROOT}/routers/api.ts:120:2)`], 'routers/api.ts:120'],
    [['f (/elsewhere/x.ts:1:1)', 'g (https://x.test/x.js:1:1)'], undefined],
  ])('%j', (frames, place) => {
    expect(showError(thrown(frames), ROOT).place).toBe(place);
  });

  test('a path with slashes on Windows', () => {
    const error = thrown(['query (C:\\Users\\ada\\sb\\routers\\chat.ts:12:3)']);
    expect(showError(error, 'C:\\Users\\ada\\sb').place).toBe('routers/chat.ts:12');
  });

  test('the place of the cause if the error itself has none', () => {
    const cause = thrown([`${ROOT}/routers/chat.ts:12:3`]);
    const error = thrown([`run (${ROOT}/src/layer/call/compile.ts:70:26)`], new Error('failed', { cause }));
    expect(showError(error, ROOT)).toMatchObject({
      title: 'Error: failed, caused by Error: stuck',
      place: 'routers/chat.ts:12',
    });
  });

  test('nothing if the layer rejected an output', () => {
    const cause = z.object({ name: z.string('must be a string') }).safeParse({ name: 1 }).error;
    const error = new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Output validation failed',
      cause,
    });
    const shown = showError(thrown([`checkOutput (${ROOT}/src/layer/call/compile.ts:70:26)`], error), ROOT);
    expect(shown.place).toBeUndefined();
    expect(shown.title).toContain('name must be a string');
  });
});

test('showError shows a failed statement without its parameters, and PostgreSQL’s hint', () => {
  const cause = Object.assign(new Error('column "x" does not exist'), {
    code: '42703',
    hint: 'Perhaps "y".',
  });
  const { title, text } = showError(new DrizzleQueryError('select x', ['pa55word'], cause));
  expect(title).toContain('Failed query: select x, caused by Error: column "x" does not exist');
  expect(text).toContain('hint: Perhaps "y".');
  expect(text).toContain('npm run db:generate');
  expect(`${title}${text}`).not.toContain('pa55word');
});

test('showError returns a text of limited size for any thrown value', () => {
  const endless = new Error('endless');
  endless.cause = endless;
  const long = new Error('x'.repeat(100_000));
  for (const error of [null, undefined, 'text', 7, { a: 1 }, endless, long, new AggregateError([])]) {
    const { title, text } = showError(error);
    expect(title.length).toBeGreaterThan(0);
    expect(Buffer.byteLength(title + text)).toBeLessThan(30_000);
  }
});

test('formatLine writes the time, level, message, procedure, place and request', () => {
  const err = { title: 'Error: stuck', place: 'routers/chat.ts:12', text: 'Error: stuck' };
  const line = { level: 50, time: 0, pid: 1, hostname: 'h', msg: 'a call failed', procedure: 'chat.list' };
  const written = formatLine(
    JSON.stringify({ ...line, requestId: 'r1', err, status: 500 }),
    (_, text) => text,
  );
  expect(written.split('\n').map((text) => text.replace(/^\d\d:\d\d:\d\d/, 'time'))).toEqual([
    'time ERROR a call failed: chat.list',
    '    Error: stuck',
    '    at routers/chat.ts:12',
    '    request r1',
    '    status=500',
    '    Error: stuck',
    '',
  ]);
});
