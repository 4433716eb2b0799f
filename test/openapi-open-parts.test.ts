import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { createOpenApiDocument } from '#layer/index';
import { openPartsOf, procedure, router } from '#layer/testing/index';
import { appRouter } from '#routers/index';

const info = { title: 'Test', version: '1' };
const REF = /^#\/components\/schemas\//;

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});
const Named = z
  .strictObject({
    id: z.uuid(),
    get parent() {
      return Named.nullable();
    },
  })
  .meta({ id: 'NamedNode' });
interface Node {
  next?: Node | undefined;
}
const Lazy: z.ZodType<Node> = z.lazy(() => z.object({ next: Lazy.optional() }));
type List = List[];
const List: z.ZodType<List> = z.lazy(() => z.array(List));
const Mini: z.core.$ZodType = mini.object({
  at: mini.date(),
  next: mini.lazy(() => mini.nullable(mini.optional(Mini))),
});
const Mapped = z.object({
  get by() {
    return z.map(z.string(), Mapped);
  },
});

const Media = z.object({ content: z.object({ 'application/json': z.object({ schema: z.unknown() }) }) });
const schemaOf = (described: unknown) => Media.parse(described).content['application/json'].schema;

/** The documented schemas of one procedure, with the components. */
function documented(input: z.core.$ZodType | null, output: z.core.$ZodType) {
  const base = procedure.meta({ openapi: { method: 'POST', path: '/one' } });
  const one = (input ? base.input(input) : base).output(output).mutation(() => undefined);
  const { paths = {}, components } = createOpenApiDocument(router({ one }), info);
  const { requestBody, responses } = paths['/one']?.post ?? {};
  return {
    body: input && schemaOf(requestBody),
    success: schemaOf(responses?.['200']),
    schemas: components?.schemas ?? {},
    warnings: openPartsOf(router({ one })),
  };
}

/** The schema that a reference to a component means. */
function follow(schemas: Record<string, unknown>, schema: unknown): unknown {
  const { $ref } = z.object({ $ref: z.string().regex(REF) }).parse(schema);
  return schemas[$ref.replace(REF, '')];
}

describe('a schema that contains itself', () => {
  test.each<[string, z.core.$ZodType]>([
    ['a getter', Tree],
    ['a name and null', Named],
    ['z.lazy', z.object({ node: Lazy })],
    ['a list of itself', z.object({ list: List })],
    ['JSON', z.object({ json: z.json() })],
    ['zod/mini', Mini],
    ['a map of itself', Mapped],
  ])('is described once and referred to: %s', (_name, schema) => {
    const { body, success, schemas, warnings } = documented(schema, schema);
    expect(JSON.stringify([body, success, schemas])).not.toContain('{}');
    expect(JSON.stringify([body, success, schemas])).toMatch(/"\$ref":"#\/components\/schemas\//);
    expect(warnings).toEqual([]);
  });

  test('keeps what is known of each part', () => {
    const { success, schemas } = documented(null, Tree);
    expect(follow(schemas, success)).toMatchObject({
      properties: { name: { type: 'string' }, children: { type: 'array', items: success } },
      required: ['name', 'children'],
    });
    const mapped = documented(null, Mapped);
    expect(follow(mapped.schemas, mapped.success)).toMatchObject({
      properties: { by: { type: 'object', additionalProperties: mapped.success } },
    });
  });

  test('keeps its name where the path has one of its fields', () => {
    const app = router({
      put: procedure
        .meta({ openapi: { method: 'PUT', path: '/nodes/{id}' } })
        .input(Named)
        .output(Named)
        .mutation(({ input }) => input),
    });
    expect(createOpenApiDocument(app, info).components?.schemas).toHaveProperty('NamedNode');
  });
});

describe('what no JSON Schema describes', () => {
  const text = z.string().transform((value) => value.length);
  test.each<[string, z.core.$ZodType, string]>([
    ['a transform', z.object({ ok: z.string(), odd: text }), 'output.odd is a transform'],
    ['a custom check', z.object({ ok: z.string(), odd: z.custom<string>() }), 'output.odd is a custom'],
    ['a symbol', z.object({ ok: z.string(), odd: z.symbol() }), 'output.odd is a symbol'],
    ['a function', z.object({ ok: z.string(), odd: z.function() }), 'output.odd is a function'],
    [
      'a map by objects',
      z.object({ ok: z.string(), odd: z.map(z.object({}), z.string()) }),
      'output.odd is a map',
    ],
    ['zod/mini', mini.object({ ok: mini.string(), odd: mini.custom() }), 'output.odd is a custom'],
  ])('is open, and named: %s', (_name, output, place) => {
    const { success, warnings } = documented(null, output);
    expect(success).toHaveProperty('properties', { ok: { type: 'string' }, odd: {} });
    expect(warnings).toEqual([expect.stringContaining(`one: ${place}`)]);
  });

  test('is only that part, however deep', () => {
    const deep = z.object({ items: z.array(z.object({ at: z.date(), odd: text.optional() })) });
    const { success, warnings } = documented(z.object({ odd: z.array(z.instanceof(URL)) }), deep);
    expect(success).toHaveProperty('properties.items.items.properties', {
      at: { type: 'string', format: 'date-time' },
      odd: {},
    });
    expect(warnings.map((warning) => warning.split(',')[0])).toEqual([
      'one: input.odd.* is a custom',
      'one: output.items.*.odd is a transform',
    ]);
  });

  test('is not what has a place in JSON', () => {
    const output = z.object({
      nan: z.nan(),
      nothing: z.void(),
      maybe: z.union([z.string(), z.undefined()]),
      big: z.literal([1n, 2n]),
      set: z.set(z.date()).max(3),
      map: z.map(z.int(), z.bigint()),
      piped: text.pipe(z.number()),
      said: text.meta({ override: { type: 'integer' } }),
    });
    const { success, warnings } = documented(null, output);
    expect(warnings).toEqual([]);
    expect(success).toMatchObject({
      properties: {
        nan: { type: 'null' },
        nothing: { not: {} },
        maybe: { type: 'string' },
        big: { enum: ['1', '2'] },
        set: { type: 'array', items: { format: 'date-time' }, maxItems: 3 },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        piped: { type: 'number' },
        said: { type: 'integer' },
      },
      required: ['nan', 'big', 'set', 'map', 'piped', 'said'],
    });
  });

  test('a schema that makes new ones for ever is cut', () => {
    const endless = (): z.core.$ZodType => z.object({ next: z.lazy(endless) });
    const { warnings } = documented(null, endless());
    expect(warnings).toEqual([expect.stringContaining('an endless schema')]);
  });

  test('two schemas of one id are two schemas', () => {
    const one = z.object({ a: z.string() }).meta({ id: 'Twice' });
    const other = z.object({ b: z.string() }).meta({ id: 'Twice' });
    const { success, schemas, warnings } = documented(null, z.object({ one, other }));
    const { properties } = z.object({ properties: z.object({ one: z.unknown() }) }).parse(success);
    expect(success).toMatchObject({ properties: { other: { properties: { b: {} } } } });
    expect(follow(schemas, properties.one)).toMatchObject({ properties: { a: {} } });
    expect(warnings).toEqual([expect.stringContaining('id Twice')]);
  });
});

test('this project describes all it sends', () => {
  expect(openPartsOf(appRouter)).toEqual([]);
});
