import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { serveBoth } from './orpc.ts';
import { FIELDS, VALUES } from './router-corpus.ts';
import { exampleOf, parameterOf, valueOf } from './router-corpus-api.ts';

/** Requests that oRPC reads differently or rejects; see "Differences from oRPC" in docs/compatibility.md. */
const DIFFERS: Record<string, RegExp> = {
  'maps are objects': / partsm(ap|iniMap)/,
  'a literal may be a bigint': / classicbigLiteral/,
  'the order of a union decides': /^query classicstringUnion$/,
  'an intersection may be null': /^json partsbothNullish$/,
};

test('oRPC reads each field of the corpus as we do, or a known difference explains it', async () => {
  const different: string[] = [];
  for (const [name, schema] of FIELDS) {
    const ask = serveBoth({ [name]: z.object({ v: schema }) });
    const compare = async (carrier: string, request: Omit<Parameters<typeof ask>[0], 'schema'>) => {
      const [ours, theirs] = await ask({ schema: name, ...request });
      expect({ name, carrier, ours }).not.toHaveProperty('ours.rejected');
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) different.push(`${carrier} ${name}`);
    };
    await compare('json', { method: 'POST', body: JSON.stringify({ v: valueOf(name) }) });
    if (!VALUES.has(name)) continue;
    const value = exampleOf(parameterOf(`/path/${name}/{v}`).schema ?? {});
    await compare('query', { method: 'GET', query: new URLSearchParams({ v: String(value) }).toString() });
  }
  const reasons = Object.values(DIFFERS);
  expect(different.filter((each) => !reasons.some((reason) => reason.test(each)))).toEqual([]);
  expect(reasons.filter((reason) => !different.some((each) => reason.test(each)))).toEqual([]);
}, 120_000);
