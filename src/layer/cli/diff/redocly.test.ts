import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOpenApiDocument } from '../../index.ts';
import { compareStates } from './compare.ts';
import { readState } from './state.ts';
import { procedure, router } from './testkit.ts';

type Schema = z.core.$ZodType;

const Open = z.enum(['a', 'b']);
const Wide = z.enum(['a', 'b', 'c']);
const object = (shape: Record<string, Schema>) => z.object(shape);

/** Pairs of schemas, which are an input and an output each. */
const PAIRS: Record<string, [before: Schema, after: Schema]> = {
  same: [z.string(), z.string()],
  enumGrows: [Open, Wide],
  enumShrinks: [Wide, Open],
  type: [z.string(), z.int()],
  nullable: [z.string(), z.string().nullable()],
  notNullable: [z.string().nullable(), z.string()],
  longer: [z.string().max(5), z.string().max(9)],
  shorter: [z.string().max(9), z.string().max(5)],
  minimum: [z.int().min(0), z.int().min(1)],
  pattern: [z.string().regex(/^a$/), z.string().regex(/^b$/)],
  field: [object({}), object({ a: z.int() })],
  optionalField: [object({}), object({ a: z.int().optional() })],
  removedField: [object({ a: z.int() }), object({})],
  required: [object({ a: z.int().optional() }), object({ a: z.int() })],
  optional: [object({ a: z.int() }), object({ a: z.int().optional() })],
  items: [z.array(z.string()), z.array(z.int())],
  fewerItems: [z.array(z.string()).max(9), z.array(z.string()).max(5)],
};

/** A procedure with an input, and one with an output, for each pair. */
const documentOf = (which: 0 | 1) =>
  createOpenApiDocument(
    router(
      Object.fromEntries(
        Object.entries(PAIRS).flatMap(([name, pair]) => [
          [
            `${name}Input`,
            procedure
              .meta({ openapi: { method: 'POST', path: `/${name}` } })
              .input(z.object({ v: pair[which] }))
              .output(z.string())
              .mutation(() => ''),
          ],
          [
            `${name}Query`,
            procedure
              .meta({ openapi: { method: 'GET', path: `/query/${name}` } })
              .input(z.object({ v: pair[which] }))
              .output(z.string())
              .query(() => ''),
          ],
          [
            `${name}Output`,
            procedure
              .meta({ openapi: { method: 'GET', path: `/${name}` } })
              .output(z.object({ v: pair[which] }))
              .query(() => ({ v: '' })),
          ],
        ]),
      ),
    ),
    { title: 'Test', version: '1' },
  );

const Report = z.object({ changes: z.array(z.object({ path: z.string(), impact: z.string() })) });

test('every operation that Redocly CLI says is broken, we do too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redocly-diff-'));
  try {
    const documents = ([0, 1] as const).map((which) => JSON.stringify(documentOf(which)));
    const files = documents.map((text, i) => {
      writeFileSync(join(folder, `${i}.json`), text);
      return join(folder, `${i}.json`);
    });
    const output = join(folder, 'report.json');
    const program = join(import.meta.dirname, '../../../../node_modules/.bin/redocly');
    const args = ['diff', ...files, '--format', 'json', '--fail-on', 'none', '--output', output];
    await promisify(execFile)(program, args, { cwd: folder });
    const { changes } = Report.parse(JSON.parse(readFileSync(output, 'utf8')));
    const broken = changes
      .filter(({ impact }) => impact === 'major')
      .map(({ path }) => /^#\/paths\/([^/]+)\/(get|post)/.exec(path))
      .map((found) => `${found?.[2]} ${found?.[1]?.replaceAll('~1', '/')}`);
    const [before, after] = documents.map((text) => readState(text, 'document'));
    if (!before || !after) throw new Error('There are two documents.');
    const ours = compareStates(before, after, folder).changes.filter(({ breaks }) => breaks.includes('REST'));
    const operations = new Map(
      Object.keys(PAIRS).flatMap((name): [string, string][] => [
        [`post /${name}`, `${name}Input`],
        [`get /query/${name}`, `${name}Query`],
        [`get /${name}`, `${name}Output`],
      ]),
    );
    const missed = new Set(broken.map((operation) => operations.get(operation) ?? operation));
    expect(missed.size).toBeGreaterThan(10);
    for (const { subject } of ours) missed.delete(subject);
    expect([...missed]).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
