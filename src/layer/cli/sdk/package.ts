import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** The manifest of a client's package. */
export interface ClientManifest {
  /** The name of the package, such as `@acme/sdk`. */
  name: string;
  version: string;
  description: string;
  /** An SPDX identifier. Default: the manifest names no license. */
  license?: string;
}

/** The options of the compiler for a client: ES2022 without packages, checked strictly. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  declaration: true,
};

/**
 * Writes the package of a client: its manifest, and its sources as ES modules with declarations.
 * @param options `sources` is the folder of the sources, `files` their absolute paths (with `index.ts`), and `folder`
 *   where the package is written.
 * @throws {Error} with the messages of the compiler, if the sources do not type-check.
 */
export function writeClientPackage(options: {
  sources: string;
  files: readonly string[];
  folder: string;
  manifest: ClientManifest;
}): void {
  const { sources, files, folder, manifest } = options;
  const compilerOptions = { ...OPTIONS, rootDir: sources, outDir: folder };
  const program = ts.createProgram({ rootNames: files, options: compilerOptions });
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) {
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => sources,
        getNewLine: () => '\n',
      }),
    );
  }
  mkdirSync(folder, { recursive: true });
  program.emit();
  for (const file of files) renameImports(join(folder, relative(sources, file).replace(/\.ts$/, '.d.ts')));
  const { name, version, description, license } = manifest;
  const text = {
    name,
    version,
    description,
    ...(license !== undefined && { license }),
    type: 'module',
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
    types: './index.d.ts',
    sideEffects: false,
    engines: { node: '>=20' },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(text, null, 2)}\n`);
}

/** Replaces the `.ts` of imports in a declaration by `.js`, because TypeScript keeps the names of sources. */
function renameImports(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
}
