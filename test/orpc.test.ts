import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc, { runs } from '#test/fast-check';
import { type TestRequest, type Outcome, serveBoth } from './orpc.ts';
import { BODIES, IDS, JSON_VALUES, NAMES, SCHEMAS, TEXTS } from './orpc-corpus.ts';
import { DIFFERENCES, explanationsOf } from './orpc-differences.ts';

const FORM = 'application/x-www-form-urlencoded';
const ask = serveBoth(SCHEMAS);
const schemas = Object.keys(SCHEMAS);
const seen = new Set<string>();

const show = (outcome: Outcome) => ('input' in outcome ? outcome.input : outcome.rejected);

/** Sends a request to both. They must agree, or a known difference must explain it. Our surface must never fail. */
async function compare(request: TestRequest): Promise<void> {
  const [ours, theirs] = await ask(request);
  if ('rejected' in ours) expect({ request, status: ours.rejected }).toEqual({ request, status: 400 });
  if (show(ours) === show(theirs)) return;
  const explanations = explanationsOf(request, ours, theirs);
  expect({ request, ours, theirs, explanations }).not.toMatchObject({ explanations: [] });
  for (const { name } of explanations) seen.add(name);
}

const everywhere = (query: string) =>
  schemas.flatMap((schema): TestRequest[] => [
    { schema, method: 'GET', query },
    { schema, method: 'POST', body: query, type: FORM },
  ]);
const inJson = (body: string) => schemas.map((schema): TestRequest => ({ schema, method: 'POST', body }));

test.each<[string, TestRequest[]]>([
  ['each text', TEXTS.flatMap((text) => everywhere(`v=${text}`))],
  [
    'each name, once, twice and beside another',
    NAMES.flatMap((name) => [`${name}=1`, `${name}=1&${name}=2`, `${name}=1&v=2`].flatMap(everywhere)),
  ],
  ['a value before empty brackets', everywhere('v=1&v[]=2')],
  ['each JSON value', JSON_VALUES.flatMap((value) => inJson(`{"v":${value}}`))],
  ['each JSON body', BODIES.flatMap(inJson)],
  [
    'each parameter of a path',
    IDS.flatMap((id) => schemas.map((schema): TestRequest => ({ schema, method: 'GET', id, query: 'v=1' }))),
  ],
])('oRPC reads %s as we do, or a known difference explains it', async (_, corpus) => {
  for (const request of corpus) await compare(request);
});

test('oRPC reads random requests as we do, or a known difference explains it', async () => {
  const pair = fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...TEXTS))
    .map(([name, value]) => `${name}=${value}`);
  const query = fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('&'));
  const field = fc
    .tuple(fc.constantFrom('v', 'w', 'n', 'x'), fc.constantFrom(...JSON_VALUES))
    .map(([name, value]) => `"${name}":${value}`);
  const body = fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => `{${fields.join(',')}}`);
  const request = fc.oneof(query.map(everywhere), body.map(inJson)).chain((all) => fc.constantFrom(...all));
  await fc.assert(fc.asyncProperty(request, compare), { numRuns: runs(4000) });
});

test('every known difference occurs and is explained in docs/compatibility.md', () => {
  const names = new Set(DIFFERENCES.map(({ name }) => name));
  expect(seen).toEqual(names);
  const docs = readFileSync(join(import.meta.dirname, '../docs/compatibility.md'), 'utf8');
  const section = docs.split(/^## /m).find((text) => text.startsWith('Differences from oRPC')) ?? '';
  const rows = [...section.matchAll(/^\| ([^|]+?) +\|/gm)].map(([, name]) => name).slice(2);
  expect(new Set(rows)).toEqual(names);
});
