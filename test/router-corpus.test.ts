import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { openPartsOf, serveRest, type TestServer } from '#layer/testing/index';
import { faultsOfExamples } from './document-examples.ts';
import {
  accepts,
  bodyOf,
  corpus,
  document,
  echoed,
  exampleOf,
  outputOf,
  parameterOf,
  valueOf,
} from './router-corpus-api.ts';
import { FIELDS, KINDS, VALUES } from './router-corpus.ts';

type Schema = z.core.$ZodType;

const FORM = 'application/x-www-form-urlencoded';
const folder = mkdtempSync(join(tmpdir(), 'switchboard-corpus-'));

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(corpus);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns the pairs of a query or a form for a value, serialized in the style of OpenAPI. */
function pairsOf(value: unknown, style: string | undefined, isJson: boolean): [string, string][] {
  if (isJson) return [['v', JSON.stringify(value)]];
  if (Array.isArray(value)) return value.map((item) => ['v', text(item)]);
  if (typeof value !== 'object' || value === null) return [['v', text(value)]];
  expect(style).toBe('deepObject');
  return Object.entries(value).map(([name, item]) => [`v[${name}]`, text(item)]);
}

/** Sends a request. @returns the result and the expected result, which is the JSON value parsed by the schema. */
async function compare(path: string, init: RequestInit | undefined, schema: Schema, value: unknown) {
  const response = await server.call(path, init);
  const body: unknown = await response.json();
  return { actual: { path, value, body }, expected: { path, value, body: await echoed(schema, value) } };
}

async function differencesOf(comparisons: ReturnType<typeof compare>[]): Promise<unknown[]> {
  const all = await Promise.all(comparisons);
  return all.filter(({ actual, expected }) => JSON.stringify(actual) !== JSON.stringify(expected));
}

test('the corpus has many kinds of schemas', () => {
  expect(FIELDS.size).toBeGreaterThan(200);
});

test('only outputs that a function computes have an unknown schema', () => {
  const named = openPartsOf(corpus).map((text) => text.split(',', 1)[0]);
  expect(named).toEqual(
    [
      'classictransformed',
      'classictransformedLater',
      'minipiped',
      'minipipedLater',
      'partstransformedLater',
    ].map((name) => `${name}Output: output.v is a transform`),
  );
});

test('the document of all routers is valid, and so is each example', () => {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const redocly = join(import.meta.dirname, '../node_modules/.bin/redocly');
  const { stdout } = spawnSync(
    redocly,
    ['lint', '--extends=spec', '--format=json', '--max-problems=20', file],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        REDOCLY_TELEMETRY: 'off',
        REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
        NO_COLOR: '1',
      },
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({ problems: [] });
  expect(faultsOfExamples(document)).toEqual([]);
}, 120_000);

test('the server accepts a query that follows the document', async () => {
  const comparisons = [...FIELDS].map(([name, schema]) => {
    const parameter = parameterOf(`/query/${name}`);
    const inJson = parameter.content?.['application/json']?.schema;
    const value = exampleOf(inJson ?? parameter.schema ?? {});
    const pairs = pairsOf(value, parameter.style, inJson !== undefined);
    return compare(`/query/${name}?${new URLSearchParams(pairs).toString()}`, undefined, schema, value);
  });
  expect(await differencesOf(comparisons)).toEqual([]);
}, 120_000);

test('the server accepts a path that follows the document', async () => {
  const comparisons = [...VALUES].map(([name, schema]) => {
    const value = exampleOf(parameterOf(`/path/${name}/{v}`).schema ?? {});
    return compare(`/path/${name}/${encodeURIComponent(text(value))}`, undefined, schema, value);
  });
  expect(await differencesOf(comparisons)).toEqual([]);
}, 120_000);

test('the server accepts a body that follows the document', async () => {
  const comparisons = [...FIELDS].flatMap(([name, schema]) => {
    const value = valueOf(name);
    const json = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ v: value }),
    };
    const { style, contentType } = bodyOf('form', name).encoding?.['v'] ?? {};
    const pairs = value === null ? [] : pairsOf(value, style, contentType === 'application/json');
    const form = {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: new URLSearchParams(pairs).toString(),
    };
    const inForm = value === null ? [] : [compare(`/form/${name}`, form, schema, value)];
    return [compare(`/body/${name}`, json, schema, value), ...inForm];
  });
  expect(await differencesOf(comparisons)).toEqual([]);
}, 120_000);

test('a response matches the document', async () => {
  const mismatches = await Promise.all(
    [...KINDS.keys()].map(async (name) => {
      const response = await server.call(`/output/${name}`);
      const body: unknown = await response.json();
      const isRight = response.ok && accepts(outputOf(name), body);
      return isRight ? [] : [{ name, body }];
    }),
  );
  expect(mismatches.flat()).toEqual([]);
}, 120_000);
