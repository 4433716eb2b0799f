import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { endpointsOf } from '#layer/index';
import { describeIssue } from '#layer/messages';
import { createContext } from '#server/people/context';
import { createCallerFactory, open, router } from '#server/procedures';
import { requestInfo } from './caller.ts';
import { caller, read } from './client.ts';
import { callRest, callRpc } from './procedures.ts';
import { serveInstance } from './served.ts';

/** Schemas with an invalid input and the expected message. */
const CASES: [schema: z.core.$ZodType, input: unknown, message: string][] = [
  [z.string(), 5, 'must be a string'],
  [z.string(), undefined, 'is required'],
  [z.number(), 'five', 'must be a number'],
  [z.number(), NaN, 'must be a number'],
  [z.coerce.number(), 'five', 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.date(), 'tomorrow', 'must be a date'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.object({}), 'text', 'must be an object'],
  [z.record(z.string(), z.string()), null, 'must be an object'],
  [z.file(), 'text', 'must be a file'],
  [z.never(), 1, 'must be omitted'],
  [mini.string(), 5, 'must be a string'],
  [mini.string().check(mini.minLength(1)), '', 'must not be empty'],

  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(8), 'short', 'must have at least 8 characters'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.string().length(1), '', 'must have exactly 1 character'],
  [z.array(z.string()).nonempty(), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
  [z.set(z.string()).min(2), new Set(['a']), 'must have at least 2 items'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.number().max(100), 101, 'must be at most 100'],
  [z.number().lt(1), 1, 'must be less than 1'],
  [z.bigint().min(3n), 2n, 'must be at least 3'],
  [z.date().min(new Date(0)), new Date(-1), 'must be no earlier than 1970-01-01T00:00:00.000Z'],
  [z.date().max(new Date(0)), new Date(1), 'must be no later than 1970-01-01T00:00:00.000Z'],
  [z.number().multipleOf(5), 7, 'must be a multiple of 5'],

  [z.email(), 'ada', 'must be an email address'],
  [z.url(), 'ada', 'must be a URL, such as https://example.com'],
  [z.uuid(), 'ada', 'must be a UUID'],
  [z.iso.datetime(), 'today', 'must be a date and time, such as 2026-01-31T12:00:00Z'],
  [z.iso.date(), 'today', 'must be a date, such as 2026-01-31'],
  [z.ipv4(), 'localhost', 'must be an IPv4 address'],
  [z.base64(), '?', 'must be encoded in base64'],
  [z.string().regex(/^[a-z]+$/), 'A1', 'must match /^[a-z]+$/'],
  [z.string().startsWith('sb_'), 'key', 'must start with "sb_"'],
  [z.string().endsWith('.md'), 'key', 'must end with ".md"'],
  [z.string().includes('@'), 'key', 'must contain "@"'],
  [z.string().lowercase(), 'KEY', 'must be in lower case'],
  [z.nanoid(), '?', 'is not a valid nanoid'],

  [z.enum(['a', 'b']), 'c', 'must be one of "a", "b"'],
  [z.literal(7), 8, 'must be 7'],
  [z.strictObject({}), { a: 1, b: 2 }, 'has unknown fields: "a", "b"'],
  [z.union([z.string(), z.number()]), true, 'matches none of the allowed forms'],
  [z.string().refine((text) => text === 'x'), 'y', 'is not valid'],
  // A schema's own message stays.
  [z.string().min(1, 'may not be left blank'), '', 'may not be left blank'],
];

const messageOf = (schema: z.core.$ZodType, input: unknown) =>
  z.safeParse(schema, input).error?.issues[0]?.message;

describe('a validation message', () => {
  test.each(CASES.map(([schema, input, message]) => ({ schema, input, message })))(
    '$message',
    ({ schema, input, message }) => {
      expect(messageOf(schema, input)).toBe(message);
    },
  );

  test('covers invalid dates, record keys and discriminated unions', () => {
    const choice = z.discriminatedUnion('type', [
      z.object({ type: z.literal('a') }),
      z.object({ type: z.literal('b') }),
    ]);
    for (const [schema, input] of [
      [z.date(), new Date(NaN)],
      [z.record(z.string().min(2), z.string()), { a: 'b' }],
      [choice, { type: 'c' }],
    ] as const) {
      expect(messageOf(schema, input)).toMatch(/^(must be|has a key)/);
    }
  });

  test('is never a default message of zod', () => {
    const codes = CASES.flatMap(([schema, input]) => z.safeParse(schema, input).error?.issues ?? []);
    for (const { message } of codes) expect(message).not.toMatch(/Invalid|expected|received|Too (small|big)/);
    expect(describeIssue({ code: 'custom', input: 1 })).toBe('is not valid');
  });
});

const Form = z.object({ name: z.string().min(1), age: z.number(), mail: z.email() });
const app = router({
  form: open
    .meta({ openapi: { method: 'POST', path: '/form', tags: ['form'], summary: 'Take a form' } })
    .input(Form)
    .output(Form)
    .mutation(({ input }) => input),
});
const [endpoint] = endpointsOf(app);
const instance = await serveInstance({ router: app });
afterAll(instance.close);

test('validation messages are the same on every surface', async () => {
  if (!endpoint) throw new Error('The router has a procedure.');
  const input = { name: '', age: NaN, mail: 'ada' };
  const issues = [
    { pointer: '/name', message: 'must not be empty' },
    { pointer: '/age', message: 'must be a number' },
    { pointer: '/mail', message: 'must be an email address' },
  ];
  const as = caller(instance.url, {}, false);
  expect((await callRest(as, endpoint, input)).body).toMatchObject({
    detail: 'name: must not be empty',
    issues,
  });
  expect((await callRpc(as, endpoint, input)).body).toMatchObject({ error: { json: { data: { issues } } } });
  const context = createContext(instance.deps, requestInfo());
  await expect(createCallerFactory(app)(context).form(input)).rejects.toMatchObject({ options: { issues } });
  const signUp = await as.fetch('/api/auth/sign-up/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse' }),
  });
  expect((await read(signUp)).body).toMatchObject({ issues: [{ pointer: '/name', message: 'is required' }] });
});
