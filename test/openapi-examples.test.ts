import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOpenApiDocument } from '#layer/index';
import { procedure, router } from '#layer/testing/index';
import { appRouter } from '#routers/index';
import { faultsOfExamples, mediaOf } from './document-examples.ts';
import { WITH_EXAMPLE, WITHOUT_EXAMPLE } from './example-corpus.ts';

const Item = z
  .object({ id: z.string().meta({ examples: ['item-1'] }), made: z.date(), next: z.string().nullable() })
  .meta({ id: 'Item' });
const coded = z.string().regex(/^[A-Z]{3}\d{9}$/);

const { paths = {} } = createOpenApiDocument(
  router({
    make: procedure
      .meta({ openapi: { method: 'POST', path: '/items' } })
      .input(
        z.strictObject({
          kind: z.enum(['small', 'large']),
          size: z.int().min(3).optional(),
          loud: z.boolean().default(true),
          code: coded.optional(),
        }),
      )
      .output(z.object({ items: z.array(Item), count: z.int() }))
      .mutation(() => ({ items: [], count: 0 })),
    guess: procedure
      .meta({ openapi: { method: 'POST', path: '/guess' } })
      .input(z.strictObject({ code: coded }))
      .output(z.string().meta({ examples: ['yes'] }))
      .mutation(() => ''),
  }),
  { title: 'Test', version: '1' },
);

test('requests and answers have an example, put together from their fields', () => {
  expect(paths['/items']?.post).toMatchObject({
    requestBody: { content: { 'application/json': { example: { kind: 'small', size: 3, loud: true } } } },
    responses: {
      200: {
        content: {
          'application/json': {
            example: {
              items: [{ id: 'item-1', made: '2026-01-31T09:30:00.000Z', next: 'text' }],
              count: 1,
            },
          },
        },
      },
    },
  });
});

test('where nothing tells what a required field looks like there is none', () => {
  expect(paths['/guess']?.post).toMatchObject({
    requestBody: {
      content: { 'application/json': expect.not.objectContaining({ example: expect.anything() }) },
    },
    responses: { 200: { content: { 'application/json': { example: 'yes' } } } },
  });
});

/** OpenAPI's word before 3.1, which many routers have. */
const old = (example: unknown): Record<string, unknown> => ({ example });

/** The document of procedures that take and return each schema in a field. */
function documentOf(schemas: Record<string, z.core.$ZodType>) {
  const procedures = Object.entries(schemas).map(([name, schema]) => {
    const echo = procedure
      .meta({ openapi: { method: 'POST', path: `/${name}`, contentTypes: ['application/json'] } })
      .input(z.object({ v: schema }))
      .output(z.object({ v: schema }));
    return [name, echo.mutation(() => ({ v: undefined }))] as const;
  });
  return createOpenApiDocument(router(Object.fromEntries(procedures)), { title: 'Test', version: '1' });
}

describe('an example', () => {
  const document = documentOf({ ...WITH_EXAMPLE, ...WITHOUT_EXAMPLE });
  const bare = new Set(
    mediaOf(document)
      .filter(({ hasExample }) => !hasExample)
      .map(({ name }) => name.split(' ')[1]),
  );

  test('is accepted by its own schema, and so is a default', () => {
    expect(faultsOfExamples(document)).toEqual([]);
  });

  test('is there for every kind of schema', () => {
    expect([...bare]).toEqual(Object.keys(WITHOUT_EXAMPLE).map((name) => `/${name}`));
  });

  test('is what the meta says, in the old word as well', () => {
    const { paths: said = {} } = documentOf({
      old: z
        .string()
        .regex(/^x{3}$/)
        .meta(old('xxx')),
      both: z.int().meta({ ...old(3), examples: [4] }),
      whole: z.object({ a: z.string() }).meta(old({ a: 'b' })),
      wrong: z.int().meta(old('three')),
    });
    const exampleOf = (name: string) => said[`/${name}`]?.post?.requestBody;
    const media = (v: unknown, schema: unknown) => ({
      content: { 'application/json': { example: { v }, schema: { properties: { v: schema } } } },
    });
    expect(exampleOf('old')).toMatchObject(media('xxx', { examples: ['xxx'] }));
    expect(exampleOf('both')).toMatchObject(media(3, { examples: [3, 4] }));
    expect(exampleOf('whole')).toMatchObject(media({ a: 'b' }, { examples: [{ a: 'b' }] }));
    expect(exampleOf('wrong')).toMatchObject(media(1, expect.not.objectContaining({ examples: [] })));
    expect(JSON.stringify(said)).not.toContain('three');
  });
});

test('each request and success of this project has an example that its schema accepts', () => {
  const document = createOpenApiDocument(appRouter, { title: 'Test', version: '1' });
  expect(faultsOfExamples(document)).toEqual([]);
  expect(mediaOf(document).filter(({ hasExample }) => !hasExample)).toEqual([]);
  expect(mediaOf(document).length).toBeGreaterThan(45);
});
