import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { toJson } from '../encode/json.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const FORM = 'application/x-www-form-urlencoded';

/** Schemas of values without members, of zod and zod/mini. */
const SCHEMAS = {
  literal: z.literal(1),
  miniLiteral: mini.literal(1),
  miniLiterals: mini.literal([true, 7, 'on']),
  miniNull: mini.literal(null),
  numberEnum: z.enum({ Low: 1, High: 2 }),
  miniNumberEnum: mini.enum({ Low: 1, High: 2 }),
  miniEnum: mini.enum(['a', 'b']),
  bigLiteral: z.literal([5n, 6n]),
  miniBigLiteral: mini.literal(5n),
  miniNumber: mini.number(),
  miniDate: mini.date(),
  miniDefault: mini._default(mini.literal(1), 1),
  miniNested: mini.nullable(mini.readonly(mini.enum({ Low: 1 }))),
  number: z.coerce.number(),
  int: z.coerce.number().int().optional(),
  miniCoerced: mini.coerce.number(),
  bigint: z.coerce.bigint(),
  miniBigint: mini.coerce.bigint(),
  date: z.coerce.date(),
  string: z.coerce.string(),
  boolean: z.coerce.boolean(),
  option: z.union([z.coerce.number(), z.literal('')]),
};

const app = router(
  Object.fromEntries(
    Object.entries(SCHEMAS).flatMap(([name, schema]) => {
      const at = (method: 'GET' | 'POST') =>
        procedure.meta({ openapi: { method, path: `/${name}` } }).input(z.strictObject({ v: schema }));
      const echo = ({ input }: { input: unknown }) => toJson(input);
      return [
        [name, at('GET').query(echo)],
        [`${name}Post`, at('POST').mutation(echo)],
      ];
    }),
  ),
);

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

/** Returns what the procedure received, or the status of the rejection, by query and by form. */
async function sent(name: keyof typeof SCHEMAS, text: string): Promise<unknown[]> {
  const query = new URLSearchParams({ v: text }).toString();
  const form = { method: 'POST', body: query, headers: { 'content-type': FORM } };
  const responses = [await server.call(`/${name}?${query}`), await server.call(`/${name}`, form)];
  return Promise.all(responses.map(valueOf));
}

async function valueOf(response: Response): Promise<unknown> {
  if (!response.ok) return response.status;
  const { v } = z.object({ v: z.unknown() }).parse(JSON.parse(z.string().parse(await response.json())));
  return v;
}

describe('text', () => {
  test.each<[keyof typeof SCHEMAS, string, unknown]>([
    ['literal', '1', 1],
    ['miniLiteral', '1', 1],
    ['miniLiteral', '01', 400],
    ['miniLiterals', 'true', true],
    ['miniLiterals', '7', 7],
    ['miniLiterals', 'on', 'on'],
    ['miniNull', 'null', null],
    ['numberEnum', '2', 2],
    ['miniNumberEnum', '2', 2],
    ['miniNumberEnum', 'High', 400],
    ['miniEnum', 'b', 'b'],
    ['bigLiteral', '6', '6'],
    ['miniBigLiteral', '5', '5'],
    ['miniNumber', '1e3', 1000],
    ['miniDate', '2026-02-03', '2026-02-03T00:00:00.000Z'],
    ['miniDefault', '1', 1],
    ['miniNested', '1', 1],
    ['number', '-1.5', -1.5],
    ['int', '3', 3],
    ['miniCoerced', '3', 3],
    ['bigint', '9007199254740993', '9007199254740993'],
    ['date', '2026-02-03', '2026-02-03T00:00:00.000Z'],
    ['string', '12', '12'],
    ['boolean', 'false', false],
    ['option', '12', 12],
  ])('for the schema %s is converted: %s is %p', async (name, text, expected) => {
    expect(await sent(name, text)).toEqual([expected, expected]);
  });

  const numeric = ['number', 'int', 'miniCoerced', 'bigint', 'miniBigint', 'date'] as const;
  test.each(numeric)('that is not a valid value is rejected even by a coercing schema: %s', async (name) => {
    for (const text of ['', ' ', ' 1', '0x10', '0b1', '1_000', '+1', 'Infinity', 'true', 'null', '[]']) {
      expect({ text, received: await sent(name, text) }).toEqual({ text, received: [400, 400] });
    }
  });
});

test('a bigint literal is a string in JSON, as any other bigint', async () => {
  const post = async (name: string, v: unknown) => valueOf(await server.call(`/${name}`, { json: { v } }));
  expect(await post('bigLiteral', '6')).toBe('6');
  expect(await post('bigLiteral', '7')).toBe(400);
  expect(await post('bigLiteral', 6)).toBe(400);
  expect(await post('literal', '1')).toBe(400);
});
