import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { openPartsOf } from '#layer/openapi/open';
import { serveRest, type TestServer } from '#layer/testing/testkit';
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

/** The pairs of a query or a form for a value, as OpenAPI's styles have it. */
function pairsOf(value: unknown, style: string | undefined, isJson: boolean): [string, string][] {
  if (isJson) return [['v', JSON.stringify(value)]];
  if (Array.isArray(value)) return value.map((item) => ['v', text(item)]);
  if (typeof value !== 'object' || value === null) return [['v', text(value)]];
  expect(style).toBe('deepObject');
  return Object.entries(value).map(([name, item]) => [`v[${name}]`, text(item)]);
}

/** What comes of a request beside what should: the JSON value, read by the schema. */
async function compare(path: string, init: RequestInit | undefined, schema: Schema, value: unknown) {
  const response = await server.call(path, init);
  const body: unknown = await response.json();
  return { got: { path, value, body }, expected: { path, value, body: await echoed(schema, value) } };
}

async function faultsOf(asked: ReturnType<typeof compare>[]): Promise<unknown[]> {
  const all = await Promise.all(asked);
  return all.filter(({ got, expected }) => JSON.stringify(got) !== JSON.stringify(expected));
}

test('there are routers of every kind of schema', () => {
  expect(FIELDS.size).toBeGreaterThan(200);
});

test('only what a function makes is open', () => {
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
}, 60_000);

test('a query that is written as the document says is what the server takes', async () => {
  const asked = [...FIELDS].map(([name, schema]) => {
    const parameter = parameterOf(`/query/${name}`);
    const inJson = parameter.content?.['application/json']?.schema;
    const value = exampleOf(inJson ?? parameter.schema ?? {});
    const pairs = pairsOf(value, parameter.style, inJson !== undefined);
    return compare(`/query/${name}?${new URLSearchParams(pairs).toString()}`, undefined, schema, value);
  });
  expect(await faultsOf(asked)).toEqual([]);
}, 60_000);

test('a path that is written as the document says is what the server takes', async () => {
  const asked = [...VALUES].map(([name, schema]) => {
    const value = exampleOf(parameterOf(`/path/${name}/{v}`).schema ?? {});
    return compare(`/path/${name}/${encodeURIComponent(text(value))}`, undefined, schema, value);
  });
  expect(await faultsOf(asked)).toEqual([]);
}, 60_000);

test('a body that is written as the document says is what the server takes', async () => {
  const asked = [...FIELDS].flatMap(([name, schema]) => {
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
  expect(await faultsOf(asked)).toEqual([]);
}, 60_000);

test('an answer is what the document says', async () => {
  const wrong = await Promise.all(
    [...KINDS.keys()].map(async (name) => {
      const response = await server.call(`/output/${name}`);
      const body: unknown = await response.json();
      const isRight = response.ok && accepts(outputOf(name), body);
      return isRight ? [] : [{ name, body }];
    }),
  );
  expect(wrong.flat()).toEqual([]);
}, 60_000);
