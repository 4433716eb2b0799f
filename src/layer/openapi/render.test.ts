import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { createOpenApiDocument } from '../index.ts';
import { procedure, router } from '../testing/testkit.ts';

const info = { title: 'Test', version: '1' };

/** More paths than are written at once. */
const MANY = 130;

const at = (i: number) => procedure.meta({ openapi: { method: 'POST', path: `/things-${i}` } });
/** A procedure that returns its input. */
const echo = (i: number, schema: z.ZodType<object, object>) =>
  at(i)
    .input(schema)
    .output(schema)
    .mutation(({ input }) => input);
const names = Array.from({ length: MANY }, (_, i) => `thing${i}`);

describe('the document of many procedures', () => {
  test('describes each procedure as the document of that procedure alone does', () => {
    const Tag = z.object({ name: z.string() }).meta({ id: 'Tag' });
    const procedures = Object.fromEntries(
      names.map((name, i) => {
        const input = z.object({ [name]: z.string(), tags: z.array(Tag), at: z.date().optional() });
        return [name, echo(i, input)] as const;
      }),
    );
    const { paths = {}, components } = createOpenApiDocument(router(procedures), info);
    expect(Object.keys(paths)).toHaveLength(MANY);
    for (const [i, name] of names.entries()) {
      const alone = createOpenApiDocument(router({ [name]: procedures[name] ?? at(i).query(() => 0) }), info);
      expect(paths[`/things-${i}`]).toEqual(alone.paths?.[`/things-${i}`]);
      expect(components).toEqual(alone.components);
    }
  });

  test('names the two sides of a schema apart, even if different parts of the document use them', () => {
    const Thing = z.object({ size: z.number().default(1) }).meta({ id: 'Thing' });
    const other = z.object({ ok: z.boolean() });
    const procedures = Object.fromEntries(
      names.map((name, i) => {
        const [input, output] = i === 0 ? [Thing, other] : i === MANY - 1 ? [other, Thing] : [other, other];
        return [
          name,
          at(i)
            .input(input)
            .output(output)
            .mutation(() => ({ ok: true, size: 1 })),
        ] as const;
      }),
    );
    const { paths = {}, components } = createOpenApiDocument(router(procedures), info);
    expect(components?.schemas).toMatchObject({ Thing: {}, ThingOutput: { required: ['size'] } });
    expect(JSON.stringify(paths['/things-0']?.post)).toContain('"#/components/schemas/Thing"');
    expect(JSON.stringify(paths[`/things-${MANY - 1}`]?.post)).toContain(
      '"#/components/schemas/ThingOutput"',
    );
  });

  test('is created in slices, between which the server does other work', async () => {
    const Item = z.object(Object.fromEntries(names.map((name) => [name, z.string().optional()])));
    const procedures = names.map((name, i) => {
      const input = z.object({ ...Item.shape, [`only-${name}`]: z.number() });
      return [name, echo(i, input)] as const;
    });
    const api = createApi({
      router: router(Object.fromEntries(procedures)),
      createContext: ({ responseHeaders }) => ({ responseHeaders }),
    });
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    turn();
    const response = await api.request('/api/openapi.json');
    isDone = true;
    expect(response.status).toBe(200);
    expect(turns).toBeGreaterThan(5);
  });
});
