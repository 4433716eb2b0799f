import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { z } from 'zod';
import { type Declaration, declarationOf } from './router.ts';
import { sourceMapOf } from './source-map.ts';
import { things, withExported, withFunction, withoutName } from './testkit.ts';

const path = join(import.meta.dirname, 'testkit.ts');

const strings = z.array(z.string());
const SourceMapText = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(
    z.strictObject({
      version: z.literal(3),
      file: z.literal('app-router.d.ts'),
      sources: strings,
      names: strings,
      mappings: z.string(),
    }),
  );

const EDITOR_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  types: [],
};

/** Returns the expressions that an editor strikes through in a file. The files are beside this one, but not on the disk. */
function deprecatedIn(files: Record<string, string>, name: string): string[] {
  const texts = new Map(
    Object.entries(files).map(([file, text]) => [
      join(import.meta.dirname, file).replaceAll('\\', '/'),
      text,
    ]),
  );
  const read = (file: string) => texts.get(file) ?? ts.sys.readFile(file);
  const service = ts.createLanguageService({
    getCompilationSettings: () => EDITOR_OPTIONS,
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot(file) {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => import.meta.dirname,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile: read,
    directoryExists: (folder) => ts.sys.directoryExists(folder),
  });
  const path = [...texts.keys()].find((file) => file.endsWith(`/${name}`)) ?? '';
  const text = files[name] ?? '';
  expect(service.getSemanticDiagnostics(path).map(({ messageText }) => messageText)).toEqual([]);
  return service
    .getSuggestionDiagnostics(path)
    .filter(({ reportsDeprecated }) => reportsDeprecated)
    .map(({ start, length }) =>
      text.slice(text.lastIndexOf(' ', start) + 1, start + length).replace(/^\[/, ''),
    );
}

describe('the declaration of a router', () => {
  let declared: Declaration;
  let text = '';
  beforeAll(async () => {
    declared = await declarationOf({ path, name: 'things', router: things });
    ({ text } = declared);
  });

  test('has a source map of all procedures and nested routers', () => {
    const map = SourceMapText.parse(sourceMapOf(join(path, '../app-router.d.ts'), text, declared.places));
    const decoded = new SourceMap({ ...map, sourcesContent: [], sourceRoot: '' });
    const sources = readFileSync(path, 'utf8').split('\n');
    const lines = text.split('\n');
    for (const name of ['put', 'trees', 'all', 'follow']) {
      const line = lines.findIndex((each) => new RegExp(`^ +${name}: (TRPC|\\{)`).test(each));
      const entry = decoded.findEntry(line, lines[line]?.indexOf(name) ?? 0);
      if (!('originalSource' in entry)) throw new Error(`The map has no ${name}.`);
      expect(entry.originalSource).toBe('testkit.ts');
      expect(sources[entry.originalLine]?.slice(entry.originalColumn)).toMatch(`${name}: `);
    }
  });

  test('declares the type of a schema with an id once, with its description', () => {
    expect(text).toContain("/** How large it is. */\nexport type Kind = 'small' | 'large';");
    expect(text.match(/'small' \| 'large'/g)).toHaveLength(1);
  });

  test('declares two types if the input and output of a schema differ', () => {
    expect(text).toMatch(
      /\/\*\* A thing\. \*\/\nexport interface Thing \{[^}]*kind: Kind;[^}]*size: number;/,
    );
    expect(text).toMatch(/export interface ThingInput \{[^}]*kind\?: Kind \| undefined;[^}]*size: string;/);
    expect(text).toContain('put: TRPCMutationProcedure<{ meta: object; input: ThingInput; output: Thing }>;');
  });

  test('keeps brands, tuples, records and the comments of fields', () => {
    expect(text).toContain("id: string & import('zod').$brand<'ThingId'>;");
    expect(text).toContain('pair: readonly [string, number | null];');
    expect(text).toContain('counts: Record<string, number>;');
    expect(text).toContain("literal: 3n | 1n | 'b' | 2 | null;");
    expect(text).toContain('/** How long it is. */');
    expect(text).toContain('/** Put a thing */');
  });

  test('marks deprecated procedures, so that editors strike them through in every client', () => {
    expect(text).toContain(
      '@deprecated Since 2026-01-31. It will be removed on 2027-01-31. Use `put` instead.',
    );
    const use = `import { createTRPCClient } from '@trpc/client';
import type { createTRPCReact } from '@trpc/react-query';
import type { AppRouter } from './app-router.ts';
const client = createTRPCClient<AppRouter>({ links: [] });
declare const hooks: ReturnType<typeof createTRPCReact<AppRouter>>;
void [client.change, client.form, hooks.change, hooks.form];`;
    expect(deprecatedIn({ 'app-router.ts': text, 'use.ts': use }, 'use.ts')).toEqual([
      'client.change',
      'hooks.change',
    ]);
  });

  test('sorts unions by their text, not in the order of the compiler', () => {
    expect(text).toMatch(/either: \{ is: 'a' \} \| \{ is: 'b'; on: boolean \};/);
  });

  test('refers to File and other global classes by name', () => {
    expect(text).toContain('input: { picture: File; others?: File[] | undefined; either: File | string };');
    expect(text).toContain('output: { copy: Blob; at: URL; bytes: Uint8Array<ArrayBuffer> };');
    expect(text).toContain('input: FormData;');
  });

  test('refers to a recursive type by its name', () => {
    expect(text).toMatch(/export interface Tree \{\s+name: string;\s+children: Tree\[\];\s+\}/);
    expect(text).toMatch(
      /trees: \{\s+all: TRPCQueryProcedure<\{ meta: object; input: void; output: Tree\[\] \}>;/,
    );
  });

  test('writes out types of the server and of packages that clients may lack', () => {
    expect(text).toMatch(
      /AsyncIterable<\s*\{ id: string; data: \{ secret: string; more\?: \{ at: Date \}\[\] \} \},\s*void,\s*void\s*>/,
    );
    expect(text).toContain('levels: { values: Record<string, number>; labels: Record<number, string> };');
    expect(text.match(/from '([^']+)'/g)).toEqual([
      "from '@trpc/server'",
      "from '@trpc/server/unstable-core-do-not-import'",
    ]);
    expect(new Set(text.match(/import\('[^']+'\)/g))).toEqual(
      new Set(["import('zod')", "import('@trpc/server')"]),
    );
  });
});

test('declarationOf rejects a function with the name of the procedure that returns it', async () => {
  const declared = declarationOf({ path, name: 'withFunction', router: withFunction });
  await expect(declared).rejects.toThrow('The output of work: a function cannot be sent to a client.');
});

test('declarationOf imports a recursive type without a name from the package that exports it', async () => {
  const { text, needs } = await declarationOf({ path, name: 'withExported', router: withExported });
  expect(text).toContain("more: import('@ai-sdk/provider').JSONObject | null");
  expect(text).toContain('labels: Record<number, string>');
  expect(needs).toEqual(['@ai-sdk/provider']);
});

test('declarationOf rejects a recursive type without a name', async () => {
  const declared = declarationOf({ path, name: 'withoutName', router: withoutName });
  await expect(declared).rejects.toThrow(/The output of next, in next: .* needs a name: \.meta\(\{ id \}\)/);
});
