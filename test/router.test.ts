import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { appRouter } from '#routers/index';
import { unwrap } from '#layer/testing/index';
import { MAX_DURATION_SECONDS } from '#server/limits';

const ROOT = join(import.meta.dirname, '..');

const procedures = Object.entries<unknown>(appRouter._def.procedures);

const Definition = z.object({
  inputs: z.array(z.instanceof(z.core.$ZodType)).max(1),
  output: z.instanceof(z.core.$ZodType),
  meta: z.object({
    openapi: z.looseObject({
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      path: z.string().regex(/^(\/([a-z][a-z-]*|\{[a-zA-Z]+\}))+$/),
      tags: z.array(z.string().min(1)).min(1),
      summary: z.string().regex(/^[A-Z].{5,100}[^.]$/, 'a sentence without a full stop'),
    }),
  }),
});

const definitionOf = (procedure: unknown) =>
  Definition.parse(typeof procedure === 'function' && '_def' in procedure ? procedure._def : undefined);

describe.each(procedures)('%s', (name, procedure) => {
  test('declares its input, output, REST route, tag and summary', () => {
    const { meta } = definitionOf(procedure);
    expect(meta.openapi.tags).toEqual([name.split('.', 1)[0]]);
  });

  test('has no input, or one with fields that rejects unknown fields', () => {
    for (const input of definitionOf(procedure).inputs) {
      // A preprocess turns a form into such an object.
      expect(unwrap(input, 'input')._zod.def).toMatchObject({
        type: 'object',
        catchall: { _zod: { def: { type: 'never' } } },
      });
      expect(input._zod.def).not.toEqual(expect.objectContaining({ shape: {} }));
    }
  });
});

test('no two procedures have the same route', () => {
  const routes = procedures.map(([, procedure]) => {
    const { method, path } = definitionOf(procedure).meta.openapi;
    return `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`;
  });
  expect(routes.length).toBeGreaterThan(25);
  expect(routes).toEqual([...new Set(routes)]);
});

describe('app/', () => {
  const ROUTE = 'app/api/[...path]/route.ts';

  test('has one API route', () => {
    const others = globSync('app/**/route.{ts,tsx,js,mjs}', { cwd: ROOT }).filter((file) => file !== ROUTE);
    expect(existsSync(join(ROOT, ROUTE))).toBe(true);
    // The others have shorter paths, and only export its handlers again.
    for (const file of others) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      expect(text).toMatch(/^export \{[\w, ]+\} from '(\.\.\/)+api\/\[\.\.\.path\]\/route\.ts';$/m);
      expect(text).not.toMatch(/^import |function|=>/m);
    }
  });

  test('has maxDuration as a literal, because Next.js reads it without running the file', () => {
    const [, literal] =
      /^export const maxDuration = (\d+);$/m.exec(readFileSync(join(ROOT, ROUTE), 'utf8')) ?? [];
    expect(Number(literal)).toBe(MAX_DURATION_SECONDS);
  });
});
