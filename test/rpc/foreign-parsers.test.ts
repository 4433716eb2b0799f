import { afterAll, describe, expect, test } from '@jest/globals';
import { createTRPCUntypedClient, httpBatchStreamLink, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { z } from 'zod';
import { open, router } from '#server/procedures';
import { serveInstance } from '#test/served';

/** Returns a Standard Schema validator that rejects everything with `issues`. */
const standard = (issues: { message: string; path?: (PropertyKey | { key: PropertyKey })[] }[]) => ({
  '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues }) },
});

/** An error with issues, as zod 3, valibot's `parse` and others throw. */
class Rejection extends Error {
  readonly issues = [{ message: 'too long', path: ['names', 0] }];
}

const PARSERS = {
  standard: standard([{ message: 'must be an email address', path: ['email'] }, { message: 'is too much' }]),
  segments: standard([{ message: 'is wrong', path: [{ key: 'a/b' }, 0, { key: 'c' }] }]),
  async: {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: () => Promise.resolve({ issues: [{ message: 'is taken', path: ['name'] }] }),
    },
  },
  thrown: (): string => {
    throw new Rejection('some text');
  },
};
const app = router({
  ...Object.fromEntries(
    Object.entries(PARSERS).map(([name, parser]) => [
      name,
      open
        .input(parser)
        .output(z.string())
        .query(() => 'done'),
    ]),
  ),
  plain: open
    .input((): string => {
      throw new Error('relation "secret" at 10.0.0.1');
    })
    .output(z.string())
    .query(() => 'done'),
});

const instance = await serveInstance({ router: app });
afterAll(instance.close);

const url = `${instance.url}/api/trpc`;
const links = { 'one by one': httpLink, 'in a stream': httpBatchStreamLink };
const Data = z.object({
  data: z.object({
    code: z.string(),
    detail: z.string(),
    issues: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  }),
});

describe.each(Object.entries(links))('over RPC, %s', (_, link) => {
  const client = createTRPCUntypedClient<typeof app>({ links: [link({ url, transformer: superjson })] });
  const rejection = async (path: string) => {
    const error: unknown = await client.query(path, {}).catch((thrown: unknown) => thrown);
    return Data.parse(error).data;
  };

  test('returns the issues of any validator to the caller', async () => {
    const standardIssues = [
      { pointer: '/email', message: 'must be an email address' },
      { pointer: '', message: 'is too much' },
    ];
    const detail = 'email: must be an email address';
    expect(await rejection('standard')).toEqual({ code: 'INVALID_INPUT', detail, issues: standardIssues });
    const segments = await rejection('segments');
    expect(segments.issues).toEqual([{ pointer: '/a~1b/0/c', message: 'is wrong' }]);
    expect((await rejection('async')).issues).toEqual([{ pointer: '/name', message: 'is taken' }]);
    expect((await rejection('thrown')).issues).toEqual([{ pointer: '/names/0', message: 'too long' }]);
  });

  test('hides the message of an error without issues', async () => {
    const { code, detail } = await rejection('plain');
    expect(code).toBe('BAD_REQUEST');
    expect(detail).not.toContain('secret');
  });

  test('names an unknown procedure', async () => {
    expect(await rejection('users.missing')).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringContaining('users.missing'),
    });
  });
});
