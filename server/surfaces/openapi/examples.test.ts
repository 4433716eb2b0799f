import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { procedure, router } from '../rest/testkit.ts';
import { createOpenApiDocument } from './document.ts';

const Item = z
  .object({ id: z.string().meta({ examples: ['item-1'] }), made: z.date(), next: z.string().nullable() })
  .meta({ id: 'Item' });
const coded = z.string().regex(/^[A-Z]{3}$/);

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
