import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { createApi } from '#layer/index';
import { documentInfo } from '#routers/document';
import { appRouter } from '#routers/index';
import { reference } from '#routers/reference';
import type { Context } from '#server/people/context';
import { procedures } from '#test/procedures';
import { examplesOf } from '#test/reference-examples';

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, 'test/examples-of-the-reference.ts');
/** The variables of the examples. */
const SCOPE = `
import { createMCPClient } from '@ai-sdk/mcp';
import type { TRPCClient } from '@trpc/client';
import type { AppRouter } from '#src/client/app-router.d.ts';
import { trpc } from '#src/client/trpc.ts';
import type { Switchboard } from '#src/sdk/index.ts';
declare const client: TRPCClient<AppRouter>;
declare const caller: ReturnType<AppRouter['createCaller']>;
declare const sb: Switchboard;
declare const token: string;
`;

const api = createApi({
  router: appRouter,
  createContext: (): Context => {
    throw new Error('The reference calls no procedure.');
  },
  openapi: documentInfo,
  docs: { ...reference({ RATE_LIMIT: 10 }), guides: () => [] },
  warn: () => undefined,
});

/** Returns the errors of the compiler in a file that does not exist on the disk. */
function errorsIn(text: string): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const options = {
    ...parsed.options,
    incremental: false,
    noUnusedLocals: false,
    skipLibCheck: true,
    types: ['node'],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => path === FILE || disk.fileExists(path),
    getSourceFile: (path, target, ...others) =>
      path === FILE ? ts.createSourceFile(path, text, target) : disk.getSourceFile(path, target, ...others),
  };
  const program = ts.createProgram({ rootNames: [FILE], options, host });
  const source = program.getSourceFile(FILE);
  const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return all.map(({ start = 0, messageText }) => {
    const line = text.slice(0, start).split('\n').length;
    return `${text.split('\n')[line - 1] ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

test('the examples of React, server components, tRPC, the SDK and the AI SDK compile for every procedure', async () => {
  const parts: string[] = [];
  for (const { name } of procedures) {
    const examples = await examplesOf(api, name);
    for (const title of ['React', 'Server', 'tRPC', 'SDK', 'AI SDK']) {
      const code = examples.get(title);
      // Agents are not offered what needs a session, and streams are no tools.
      if (title === 'AI SDK' && !examples.has('MCP')) continue;
      expect([name, title, code]).toEqual([name, title, expect.any(String)]);
      parts.push(
        `// ${name}\nexport async function use${title.replace(' ', '')}${parts.length}() {\n${code}\n}`,
      );
    }
  }
  expect(errorsIn(SCOPE + parts.join('\n'))).toEqual([]);
});
