import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { trackedIterable } from '../../index.ts';
import type { DeprecatedMeta } from '../../meta.ts';
import { compareStates } from './compare.ts';
import { readState } from './state.ts';
import { changesOf, procedure, router, stateOf } from './testkit.ts';

const Thing = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Thing' });

const get = procedure.meta({ openapi: { method: 'GET', path: '/things/{id}' } });
const thing = get
  .input(z.object({ id: z.string(), full: z.boolean().optional() }))
  .output(Thing)
  .query(({ input }) => ({ id: input.id, name: '' }));

describe('two routers', () => {
  test('that are the same have no changes', async () => {
    expect(await changesOf(router({ things: { get: thing } }), router({ things: { get: thing } }))).toEqual(
      [],
    );
  });

  test('a removed procedure breaks all its callers', async () => {
    expect(
      await changesOf(router({ get: thing, other: procedure.query(() => 1) }), router({ get: thing })),
    ).toEqual(['RPC, MCP: other | procedure removed']);
    expect(await changesOf(router({ get: thing }), router({ other: procedure.query(() => 1) }))).toEqual([
      'REST, SDK: API | REST removed',
      'RPC, MCP: get | procedure removed',
      'safe: other | procedure added',
    ]);
  });

  test('another path breaks REST and SDK only, another name of a parameter none of them', async () => {
    const at = (path: `/${string}`) =>
      router({
        get: procedure
          .meta({ openapi: { method: 'GET', path } })
          .input(z.object({ id: z.string() }))
          .output(z.string())
          .query(() => ''),
      });
    expect(await changesOf(at('/a/{id}'), at('/b/{id}'))).toEqual([
      'REST, SDK: get | GET /a/{id} → GET /b/{id}',
    ]);
    const renamed = router({
      get: procedure
        .meta({ openapi: { method: 'GET', path: '/a/{key}' } })
        .input(z.object({ key: z.string() }))
        .output(z.string())
        .query(() => ''),
    });
    expect(await changesOf(at('/a/{id}'), renamed)).toEqual([
      'RPC: get | input id | field removed',
      'RPC, MCP: get | input key | absent → required',
    ]);
  });

  test('a schema breaks every caller that uses it, a removed field the code of typed callers', async () => {
    const stricter = get
      .input(z.object({ id: z.string().max(5), full: z.boolean().optional() }))
      .output(Thing.extend({ size: z.int() }).omit({ name: true }))
      .query(({ input }) => ({ id: input.id, size: 1 }));
    expect(await changesOf(router({ get: thing }), router({ get: stricter }))).toEqual([
      'SDK: API | type Thing removed',
      'REST, RPC, SDK, MCP: get | input id | maxLength: none → 5',
      'REST, RPC, SDK, MCP: get | output name | required → absent',
      'safe: get | output size | field added',
    ]);
    const without = get
      .input(z.object({ id: z.string() }))
      .output(Thing.partial())
      .query(() => ({}));
    expect(await changesOf(router({ get: thing }), router({ get: without }))).toContain(
      'REST, RPC, SDK: get | input full | field removed',
    );
  });

  test('a status, a media type, access and the kind of a procedure are compared', async () => {
    const post = (meta: object, isProtected: boolean) =>
      procedure
        .meta({ openapi: { method: 'POST', path: '/things', protect: isProtected }, ...meta })
        .input(z.object({ name: z.string() }))
        .output(Thing);
    const before = router({ add: post({}, false).mutation(() => ({ id: '', name: '' })) });
    const after = router({
      add: post({ rest: { status: 202 }, mcp: { name: 'put' } }, true).mutation(() => ({ id: '', name: '' })),
    });
    const state = await stateOf(after);
    expect(await changesOf(before, after)).toEqual([
      'REST, SDK: add | status 202 added',
      'MCP: add | tool: add → put',
      'safe: add | status 200 removed',
    ]);
    const [security] = [[{ key: [] }]];
    const secured = { ...state, document: { ...state.document, security } };
    const operation = readState(JSON.stringify(secured).replace('"security":[],', ''), 'secured');
    expect(compareStates(state, operation, '.').changes).toMatchObject([
      { subject: 'add', what: 'access: anybody → key', breaks: ['REST', 'RPC', 'SDK'] },
    ]);
    expect(compareStates(operation, state, '.').changes).toMatchObject([{ breaks: [] }]);
  });

  test('the events of a stream are outputs', async () => {
    const follow = (event: z.core.$ZodType) =>
      router({
        follow: procedure
          .meta({ openapi: { method: 'GET', path: '/follow', enabled: false }, rest: { sse: true } })
          .output(trackedIterable(event))
          .subscription(async function* () {
            yield* await Promise.resolve([]);
          }),
      });
    const changes = await changesOf(
      follow(z.object({ type: z.enum(['a']) })),
      follow(z.object({ type: z.enum(['a', 'b']) })),
    );
    expect(changes).toEqual([
      'REST, SDK: follow | output data.type | value "b" added',
      'RPC: follow | output type | value "b" added',
    ]);
  });

  test('an error code breaks code that names it if it is removed, and no caller if it is new', async () => {
    const state = await stateOf(router({ get: thing }));
    const withoutCode = (_key: string, value: unknown): unknown =>
      Array.isArray(value) ? value.filter((item) => item !== 'CROSS_ORIGIN') : value;
    const fewer = readState(JSON.stringify(state, withoutCode), 'fewer');
    expect(compareStates(state, fewer, '.').changes).toMatchObject([
      { what: 'code CROSS_ORIGIN removed', breaks: ['RPC', 'SDK'] },
    ]);
    expect(compareStates(fewer, state, '.').changes).toMatchObject([
      { what: 'code CROSS_ORIGIN added', breaks: [] },
    ]);
  });
});

describe('a deprecated procedure', () => {
  const Old = z.object({ old: Thing }).meta({ id: 'Old' });
  const ending = (deprecated?: DeprecatedMeta) =>
    procedure
      .meta({ openapi: { method: 'GET', path: '/show' }, ...(deprecated && { deprecated }) })
      .output(Old)
      .query(() => ({ old: { id: '', name: '' } }));
  const since = '2026-01-01';
  const dated = { since, sunset: '2026-09-01', successor: 'get' };
  const current = router({ get: thing });
  const withShow = (deprecated?: DeprecatedMeta) => router({ get: thing, show: ending(deprecated) });

  test('must not be removed before its date', async () => {
    expect(await changesOf(withShow(dated), current, '2026-08-31')).toEqual([
      'SDK: API | type Old removed',
      'ERROR REST, SDK: show | GET /show removed before its date 2026-09-01',
      'ERROR RPC, MCP: show | procedure removed before its date 2026-09-01',
    ]);
  });

  test('can be removed with its types from its date on', async () => {
    expect(await changesOf(withShow(dated), current, '2026-09-01')).toEqual([
      'safe: API | type Old removed',
      'safe: show | GET /show removed after its date 2026-09-01',
      'safe: show | procedure removed after its date 2026-09-01',
    ]);
  });

  test('breaks callers if it is removed and had no date', async () => {
    expect(await changesOf(withShow({ since }), current, '2027-01-01')).toEqual([
      'SDK: API | type Old removed',
      'REST, SDK: show | GET /show removed',
      'RPC, MCP: show | procedure removed',
    ]);
  });

  test('must not lose its REST endpoint or its tool before its date', async () => {
    const hidden = router({
      get: thing,
      show: procedure
        .meta({ deprecated: dated, mcp: { enabled: false } })
        .output(Old)
        .query(() => ({ old: { id: '', name: '' } })),
    });
    expect(await changesOf(withShow(dated), hidden, '2026-08-31')).toEqual([
      'SDK: API | type Old removed',
      'ERROR REST, SDK: show | GET /show removed before its date 2026-09-01',
      'ERROR MCP: show | tool: show → none before its date 2026-09-01',
    ]);
    expect(await changesOf(withShow(dated), hidden, '2026-09-01')).toEqual([
      'safe: API | type Old removed',
      'safe: show | GET /show removed after its date 2026-09-01',
      'safe: show | tool: show → none after its date 2026-09-01',
    ]);
  });

  test('breaks promises if its date becomes earlier, and nothing by another change of the announcement', async () => {
    const changes = (before?: DeprecatedMeta, after?: DeprecatedMeta) =>
      changesOf(withShow(before), withShow(after));
    expect(await changes(undefined, dated)).toEqual(['safe: show | deprecated until 2026-09-01']);
    expect(await changes(dated)).toEqual(['safe: show | no longer deprecated']);
    expect(await changes({ since }, dated)).toEqual([
      'safe: show | date of removal: none → 2026-09-01',
      'safe: show | successor: none → get',
    ]);
    expect(await changes(dated, { since, sunset: '2026-08-01' })).toEqual([
      'REST, RPC, SDK, MCP: show | date of removal: 2026-09-01 → 2026-08-01',
      'safe: show | successor: get → none',
    ]);
    expect(await changes(dated, { ...dated, sunset: '2026-10-01' })).toEqual([
      'safe: show | date of removal: 2026-09-01 → 2026-10-01',
    ]);
    expect(await changes(dated, { since, successor: 'get' })).toEqual([
      'safe: show | date of removal: 2026-09-01 → none',
    ]);
  });
});

describe('the declarations of two states', () => {
  const declared = (input: string, output: string, more = '') => `
import type { TRPCQueryProcedure } from '@trpc/server';
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import';
${more}
export type ErrorShape = { message: string; data: { code: 'A' | 'B'; zodError: string | null } };
export type AppRouter = BuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: true },
  { things: { get: TRPCQueryProcedure<{ meta: object; input: ${input}; output: ${output} }> } }
>;`;
  const things = router({ things: { get: procedure.query(() => 1) } });
  const compared = async (before: string, after: string) => {
    const states = [await stateOf(things, before), await stateOf(things, after)] as const;
    return compareStates(...states, process.cwd());
  };

  test('show breaks of procedures without an output schema', async () => {
    const before = declared('{ at: Date }', '{ list: { id: string }[]; kind: "a" }', 'export type Kind = 1;');
    const after = declared('{ at: string }', '{ list: { id: number }[]; kind: "a"; more: 1 }');
    expect((await compared(before, after)).changes).toMatchObject([
      { subject: 'API', what: 'type Kind removed', breaks: ['RPC'] },
      {
        subject: 'things.get',
        place: 'input',
        what: "types: at: Type 'Date' is not assignable to type 'string'",
        breaks: ['RPC'],
      },
      { place: 'output', what: "types: list.id: Type 'number' is not assignable to type 'string'" },
    ]);
    expect((await compared(before, before)).changes).toEqual([]);
  });

  test('show breaks of the form of errors, but no new code', async () => {
    const before = declared('void', 'string');
    expect((await compared(before, before.replace("'A' | 'B'", "'A' | 'C'"))).changes).toEqual([]);
    expect(
      (await compared(before, before.replace('zodError: string | null', 'zodError: number'))).changes,
    ).toMatchObject([{ subject: 'API', place: 'error', breaks: ['RPC'] }]);
    expect(
      (await compared(before, before.replace('transformer: true', 'transformer: false'))).changes,
    ).toMatchObject([{ what: 'transformer: true → false' }]);
  });

  test('keep a removed type as a break, unless only a procedure used it that ended on its date', async () => {
    const removed = async (kind: z.ZodType, sunset: string) => {
      const old = procedure
        .meta({ deprecated: { since: '2026-01-01', sunset } })
        .output(z.array(z.enum(['a']).meta({ id: 'Kind' })))
        .query(() => []);
      const get = procedure.input(kind).query(() => 1);
      const before = await stateOf(
        router({ things: { get, old } }),
        declared('void', '1', 'export type Kind = 1;'),
      );
      const after = await stateOf(router({ things: { get } }), declared('void', '1'));
      const { changes } = compareStates(before, after, process.cwd(), Date.parse('2026-06-01'));
      return changes.find(({ what }) => what === 'type Kind removed')?.breaks;
    };
    expect(await removed(z.string(), '2026-05-01')).toEqual([]);
    expect(await removed(z.string(), '2026-07-01')).toEqual(['RPC']);
    expect(await removed(z.enum(['a']).meta({ id: 'Kind' }), '2026-05-01')).toEqual(['RPC']);
  });

  test('name the packages that cannot be compared', async () => {
    const [before, after] = ['void', 'string | void'].map((input) =>
      declared(input, "import('not-installed').Thing"),
    );
    expect((await compared(before ?? '', after ?? '')).notCompared).toEqual([
      'types of not-installed, because the package is not installed here.',
    ]);
  });
});

test('an OpenAPI document is compared over REST only, and not with a state that has none', async () => {
  const state = await stateOf(router({ get: thing }));
  const document = readState(JSON.stringify(state.document), 'openapi.json');
  expect(compareStates(document, state, '.')).toEqual({
    changes: [],
    notCompared: [expect.stringMatching(/^RPC, hooks and tools/)],
  });
  const other = await stateOf(router({ get: procedure.query(() => 1) }));
  expect(() => compareStates(document, other, '.')).toThrow(
    'The states cannot be compared: one is an OpenAPI document, and the new one has none.',
  );
});
