import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const FIRST = join(ROOT, 'node_modules/trpc-server-11.0.0/dist');

const CLIENT = `
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '${join(ROOT, 'src/client/app-router.d.ts')}';

type Me = inferRouterOutputs<AppRouter>['users']['me'];
export const right = (me: Me): [string, Date] => [me.name, me.createdAt];
export const wrong = (me: Me): number => me.name;
export const input: inferRouterInputs<AppRouter>['chat']['get'] = { unknown: 1 };
`;

test('clients with the first release of tRPC 11 have the types of the procedures, not any', () => {
  const folder = mkdtempSync(join(ROOT, 'node_modules/.first-release-'));
  try {
    const path = join(folder, 'client.ts');
    writeFileSync(path, CLIENT);
    const program = ts.createProgram({
      rootNames: [path],
      options: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        types: [],
        paths: { '@trpc/server': [join(FIRST, 'index.d.ts')], '@trpc/server/*': [join(FIRST, '*.d.ts')] },
      },
    });
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    expect(complaints).toEqual([
      "Type 'string' is not assignable to type 'number'.",
      expect.stringContaining("'unknown' does not exist in type"),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
