import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const page = readFileSync(join(ROOT, 'docs/layer.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);

/** The server of a project, which the blocks import. */
const SERVER = `
import { initTRPC } from '@trpc/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
const t = initTRPC.context<{ user: string | null }>().create();
export const publicProcedure = t.procedure;
export const appRouter = t.router({ whoami: t.procedure.query(({ ctx }) => ctx.user) });
export const createContext = ({ req }: { req: Request }) => ({ user: req.headers.get('x-user') });
export const createNextContext = ({ req }: { req: IncomingMessage; res: ServerResponse }) => ({ user: req.url ?? null });
export const findUser = async (url: string, headers: Headers) => Promise.resolve(url + String(headers.get('x-user')));
`;

/** What the package exports. */
const ENTRY = `
export * from '../../src/layer/index.ts';
export * from '../../src/layer/hosts/node.ts';
`;

// Inside the project, so that the packages are found.
const folder = mkdtempSync(join(ROOT, 'test', '.layer-page-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('every block of the page about the layer compiles', () => {
  expect(blocks.length).toBeGreaterThan(4);
  writeFileSync(join(folder, 'server.ts'), SERVER);
  writeFileSync(join(folder, 'entry.ts'), ENTRY);
  const files = blocks.map((code, index) => {
    const file = join(folder, `block${index}.ts`);
    const own = code
      .replaceAll(/'@switchboard\/layer(?:\/node)?'/g, "'./entry.ts'")
      .replaceAll("'@switchboard/layer/mcp'", "'../../src/layer/mcp/index.ts'")
      .replaceAll("'./server'", "'./server.ts'");
    writeFileSync(file, own);
    return file;
  });
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const options = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.json'), {}, host)?.options;
  const program = ts.createProgram(files, { ...options, noEmit: true, incremental: false });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file?.fileName.includes('.layer-page-'))
    .map(({ file, messageText }) => [file?.text, ts.flattenDiagnosticMessageText(messageText, '\n')]);
  expect(problems).toEqual([]);
}, 120_000);
