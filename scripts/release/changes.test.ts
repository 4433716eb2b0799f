import { describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { describeState, readState, type State, toolNames, writeState } from '#layer/cli/diff/index';
import { createApi, type Meta } from '#layer/index';
import { releasedChangelog, undeclaredBreaks, withoutTexts } from './changes.ts';

const { procedure, router } = initTRPC.meta<Meta>().create();

/** Returns the state of a router with a procedure, and with a deprecated one if it has a date. */
async function stateWith(limit: number, sunset?: string): Promise<State> {
  const deprecated = { since: '2026-01-01', ...(sunset !== undefined && { sunset }) };
  const get = procedure
    .meta({ openapi: { method: 'GET', path: '/get', summary: 'Get', description: 'Gets.' } })
    .input(z.object({ title: z.string().max(limit).default('a').describe('A title.') }))
    .output(z.object({ description: z.string(), example: z.enum(['title', 'summary']) }))
    .query(() => ({ description: '', example: 'title' as const }));
  const old = procedure.meta({ deprecated }).query(() => 1);
  const appRouter = sunset === undefined ? router({ get }) : router({ get, old });
  const api = createApi({ router: appRouter, createContext: () => ({}), warn: () => undefined });
  const described = describeState({
    procedures: await api.procedures(),
    document: await api.document(),
    declaration: null,
    tools: toolNames(appRouter, () => undefined),
  });
  return readState(writeState(described), 'state');
}

const bareText = (state: State) => JSON.stringify(withoutTexts(JSON.parse(writeState(state))));
const options = { changelog: '', folder: '.', now: Date.parse('2026-06-01') };
const LINE = '- `get, input title: maxLength: 9 → 5` (REST, RPC, SDK, MCP)';

/** Returns the sentences without the one that says that these states have no types. */
const breaks = (...args: Parameters<typeof undeclaredBreaks>) =>
  undeclaredBreaks(...args).filter((sentence) => !sentence.includes('has none. The command describe'));

describe('a change since the last release', () => {
  test('needs nothing if it breaks no caller', async () => {
    expect(breaks(bareText(await stateWith(9)), await stateWith(9), options)).toEqual([]);
    expect(breaks(bareText(await stateWith(9)), await stateWith(10), options)).toEqual([]);
  });

  test('needs a line in the first section of the changelog if it breaks callers', async () => {
    const [released, current] = [bareText(await stateWith(9)), await stateWith(5)];
    expect(breaks(released, current, options)).toEqual([
      `A change breaks callers of the last release. Undo it, or add this line to the first section of CHANGELOG.md:\n${LINE}`,
    ]);
    const declaring = (changelog: string) => breaks(released, current, { ...options, changelog });
    expect(declaring(`# Changelog\n\n## Unreleased\n\n${LINE}\n\n## 1.0.0 (2026-01-01)\n`)).toEqual([]);
    expect(declaring(`# Changelog\n\n## Unreleased\n\n## 1.0.0 (2026-01-01)\n\n${LINE}\n`)).toHaveLength(1);
  });

  test('must not remove a procedure before its announced date', async () => {
    const [released, current] = [bareText(await stateWith(9, '2026-09-01')), await stateWith(9)];
    const sentence =
      'old: procedure removed before its date 2026-09-01. Keep it until 2026-09-01, or release an earlier date first.';
    expect(breaks(released, current, options)).toEqual([sentence]);
    const changelog = '## Unreleased\n\n- `old: procedure removed before its date 2026-09-01` (RPC, MCP)\n';
    expect(breaks(released, current, { ...options, changelog })).toEqual([sentence]);
    expect(breaks(released, current, { ...options, now: Date.parse('2026-09-01') })).toEqual([]);
  });
});

test('the state of a release has no texts for people, and keeps fields of the same names', async () => {
  const text = bareText(await stateWith(9));
  expect(text).not.toMatch(/Gets\.|A title\.|"summary":/);
  expect(text).toContain('"required":["description","example"]');
  expect(text).toContain('"description":{"type":"string"}');
  expect(text).toContain('"enum":["title","summary"]');
});

describe('the changelog of a release', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- A change\n';

  test('has the version above what was not released', () => {
    const released = releasedChangelog(changelog, '1.0.0', '2026-01-31');
    expect(released).toBe('# Changelog\n\n## Unreleased\n\n## 1.0.0 (2026-01-31)\n\n- A change\n');
    expect(() => releasedChangelog(released, '1.0.0', '2026-01-31')).toThrow('has version 1.0.0 already');
    expect(releasedChangelog(released, '1.0.1', '2026-02-01')).toContain(
      '## 1.0.1 (2026-02-01)\n\n## 1.0.0 (',
    );
  });

  test('is not made without a section for it', () => {
    expect(() => releasedChangelog('# Changelog\n', '1.0.0', '2026-01-31')).toThrow('has no section');
  });
});
