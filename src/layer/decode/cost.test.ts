import { describe, expect, test } from '@jest/globals';
import type { SuperJSONResult } from 'superjson';
import { z } from 'zod';
import { costRatio } from '#test/cost';
import { compileReadWire } from './wire.ts';

const parsed = (text: string): SuperJSONResult => JSON.parse(text);

describe('the cost of an input', () => {
  const list = (length: number, item: (index: number) => unknown = () => 1) =>
    Array.from({ length }, (_, i) => item(i));
  const byPath = (length: number, path: (index: number) => string, annotation: unknown) =>
    Object.fromEntries(list(length, (i) => [path(i), annotation]) as [string, unknown][]);
  const N = 9000;
  const nestedSets = (depth: number): unknown => (depth === 0 ? ['1'] : [nestedSets(depth - 1)]);
  const setsIn = (depth: number): unknown => (depth === 0 ? ['set'] : ['set', { '0': setsIn(depth - 1) }]);
  const deep = (depth: number): unknown => (depth === 0 ? '1' : { a: deep(depth - 1) });

  const hostile: [string, object][] = [
    [
      'a typed array from an object with a length',
      { json: { a: { length: 2e7 } }, meta: { values: { a: [['typed-array', 'Float64Array']] } } },
    ],
    [
      'a hundred typed arrays from an object with a length',
      {
        json: { length: 2e6 },
        meta: { values: byPath(100, (i) => `a${i}`, [['typed-array', 'Float64Array']]) },
      },
    ],
    [
      'a set whose members are annotated from outside',
      {
        json: { a: list(N, String) },
        meta: { v: 1, values: { a: ['set'], ...byPath(N, (i) => `a.${i}`, ['bigint']) } },
      },
    ],
    [
      'a set with annotated members',
      { json: list(N, String), meta: { v: 1, values: ['set', byPath(N, String, ['bigint'])] } },
    ],
    [
      'a map with annotated keys and values',
      {
        json: list(N / 3, (i) => [String(i), String(i)]),
        meta: {
          v: 1,
          values: [
            'map',
            { ...byPath(N / 3, (i) => `${i}.0`, ['bigint']), ...byPath(N / 3, (i) => `${i}.1`, ['Date']) },
          ],
        },
      },
    ],
    [
      'nested sets',
      { json: list(100, () => nestedSets(50)), meta: { v: 1, values: byPath(100, String, setsIn(50)) } },
    ],
    [
      'equalities',
      {
        json: list(N, () => '2026-01-31T09:30:00.123Z'),
        meta: {
          v: 1,
          values: byPath(N, String, ['Date']),
          referentialEqualities: { '0': list(N - 1, (i) => String(i + 1)) },
        },
      },
    ],
    [
      'equalities of a set',
      {
        json: list(N),
        meta: { v: 1, values: ['set'], referentialEqualities: { '0': list(N, () => String(N - 1)) } },
      },
    ],
    [
      'deep paths',
      { json: deep(60), meta: { v: 1, values: byPath(5000, (i) => `${'a.'.repeat(60)}${i}`, ['Date']) } },
    ],
    [
      'a path of a million keys',
      { json: deep(60), meta: { v: 1, values: { ['a.'.repeat(500_000)]: ['Date'] } } },
    ],
    [
      'a path of a million backslashes',
      { json: deep(60), meta: { v: 1, values: { ['\\\\'.repeat(500_000)]: ['Date'] } } },
    ],
    ['large bigints', { json: ['9'.repeat(1_000_000)], meta: { values: { '0': ['bigint'] } } }],
    [
      'many errors',
      {
        json: list(3000, () => ({ name: 'E', message: 'm' })),
        meta: { values: byPath(900, String, ['Error']) },
      },
    ],
    [
      'many regular expressions',
      { json: list(N, () => '/(a+)+(b*)*$/'), meta: { values: byPath(900, String, ['regexp']) } },
    ],
  ];
  const harmless = JSON.stringify(list(N, (i) => ({ id: i, title: 'A title' })));

  test.each(hostile)('is small: %s', (_, wire) => {
    const text = JSON.stringify(wire);
    const reader = compileReadWire([z.any()], 100_000);
    const parse = () => parsed(text);
    const ratio = costRatio(
      () => reader(parse()),
      () => [parse(), JSON.parse(harmless)],
      5,
    );
    expect(ratio).toBeLessThan(40);
  });

  test('is small for recursive unions', () => {
    const Node: z.ZodType = z.lazy(() =>
      z.union([
        z.object({ a: Node, b: z.date() }),
        z.object({ a: Node, c: z.bigint() }),
        z.object({ a: Node, d: z.set(Node) }),
        z.bigint(),
      ]),
    );
    const wire = JSON.stringify({
      json: deep(60),
      meta: { v: 1, values: { [`${'a.'.repeat(59)}a`]: ['bigint'] } },
    });
    const reader = compileReadWire([Node], 1000);
    expect(
      costRatio(
        () => reader(parsed(wire)),
        () => JSON.parse(harmless),
      ),
    ).toBeLessThan(2);
  });

  test('is limited by the number of values', () => {
    const wire = (length: number) => ({ json: list(length, () => 'a') });
    const reader = compileReadWire([z.any()], 100);
    expect(reader(wire(99))).toHaveLength(99);
    expect(() => reader(wire(100))).toThrow('at most 100 values');
  });
});
