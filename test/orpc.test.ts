import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { type Asked, type Outcome, serveBoth } from './orpc.ts';
import { BODIES, IDS, JSON_VALUES, NAMES, SCHEMAS, TEXTS } from './orpc-corpus.ts';
import { DIFFERENCES, explanationsOf } from './orpc-differences.ts';

const FORM = 'application/x-www-form-urlencoded';
const ask = serveBoth(SCHEMAS);
const schemas = Object.keys(SCHEMAS);
const seen = new Set<string>();

const show = (outcome: Outcome) => ('input' in outcome ? outcome.input : outcome.refused);

/** Asks both; they agree, or a known difference explains why they do not. Ours never fails. */
async function compare(asked: Asked): Promise<void> {
  const [ours, theirs] = await ask(asked);
  if ('refused' in ours) expect({ asked, status: ours.refused }).toEqual({ asked, status: 400 });
  if (show(ours) === show(theirs)) return;
  const explanations = explanationsOf(asked, ours, theirs);
  expect({ asked, ours, theirs, explanations }).not.toMatchObject({ explanations: [] });
  for (const { name } of explanations) seen.add(name);
}

const everywhere = (query: string) =>
  schemas.flatMap((schema): Asked[] => [
    { schema, method: 'GET', query },
    { schema, method: 'POST', body: query, type: FORM },
  ]);
const inJson = (body: string) => schemas.map((schema): Asked => ({ schema, method: 'POST', body }));

test.each<[string, Asked[]]>([
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
    IDS.flatMap((id) => schemas.map((schema): Asked => ({ schema, method: 'GET', id, query: 'v=1' }))),
  ],
])('oRPC reads %s as we do, or a known difference says why not', async (_, corpus) => {
  for (const asked of corpus) await compare(asked);
});

test('oRPC reads what is put together at random as we do, or a known difference says why not', async () => {
  const pair = fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...TEXTS))
    .map(([name, value]) => `${name}=${value}`);
  const query = fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('&'));
  const field = fc
    .tuple(fc.constantFrom('v', 'w', 'n', 'x'), fc.constantFrom(...JSON_VALUES))
    .map(([name, value]) => `"${name}":${value}`);
  const body = fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => `{${fields.join(',')}}`);
  const asked = fc.oneof(query.map(everywhere), body.map(inJson)).chain((all) => fc.constantFrom(...all));
  await fc.assert(fc.asyncProperty(asked, compare), { numRuns: 4000 });
});

test('every known difference is there, and docs/compatibility.md explains it', () => {
  const names = new Set(DIFFERENCES.map(({ name }) => name));
  expect(seen).toEqual(names);
  const docs = readFileSync(join(import.meta.dirname, '../docs/compatibility.md'), 'utf8');
  const section = docs.split(/^## /m).find((text) => text.startsWith('Differences from oRPC')) ?? '';
  const rows = [...section.matchAll(/^\| ([^|]+?) +\|/gm)].map(([, name]) => name).slice(2);
  expect(new Set(rows)).toEqual(names);
});
