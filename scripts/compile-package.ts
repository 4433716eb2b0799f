import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');

/** The scope of the packages. It is a placeholder for that of the publisher, which `npm run release` replaces. */
export const SCOPE = '@switchboard';

/** Returns the options of the compiler for a package: those of the project, with output for Node 20 and later. */
export function packageOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: config.compilerOptions, files: [] },
    ts.sys,
    ROOT,
  );
  return {
    ...options,
    // Otherwise the compiler looks for the types of Node below the working directory.
    typeRoots: [join(ROOT, 'node_modules/@types')],
    noEmit: false,
    incremental: false,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
  };
}

/**
 * Compiles modules, and all that they import, to modules of the same names.
 * @param options `entries` are the paths of the modules in `sources`, and `folder` is where the modules are written.
 * @throws {Error} with the messages of the compiler, for a type error.
 */
export function compilePackage(options: {
  entries: readonly string[];
  sources: string;
  folder: string;
  declaration: boolean;
}): void {
  const { entries, sources, folder, declaration } = options;
  const program = ts.createProgram({
    rootNames: entries.map((entry) => join(sources, entry)),
    options: { ...packageOptions(), declaration, rootDir: sources, outDir: folder },
  });
  const errors = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (errors.length === 0) return;
  const host = {
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostics(errors, host));
}

/** Returns the packages that the modules and declarations of a folder import, sorted. */
export function packagesOf(folder: string): string[] {
  const specifiers = globSync('**/*.{js,d.ts}', { cwd: folder }).flatMap((file) =>
    ts.preProcessFile(readFileSync(join(folder, file), 'utf8')).importedFiles.map(({ fileName }) => fileName),
  );
  const names = specifiers
    .filter((name) => !/^[.#]|^node:/.test(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return [...new Set(names)].toSorted();
}

const Versions = z.record(z.string(), z.string());
const Project = z.looseObject({
  version: z.string(),
  license: z.string(),
  dependencies: Versions,
  devDependencies: Versions,
});

/** Returns the manifest of this project. */
export const projectManifest = () =>
  Project.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/**
 * Returns the dependencies of a compiled package: what its modules import, except its peers.
 * @param versionOf returns the range of a package. @throws {Error} for one that must not be imported.
 */
export const dependenciesOf = (
  folder: string,
  peers: object,
  versionOf: (name: string) => string,
): Record<string, string> =>
  Object.fromEntries(
    packagesOf(folder)
      .filter((name) => !(name in peers))
      .map((name) => [name, versionOf(name)]),
  );

/**
 * Writes what a compiled package has beside its modules: its manifest, its README and the license of this project.
 * @param manifest the fields that only this package has.
 * @param readme the path of the README.
 */
export function writePackage(
  folder: string,
  { name, description, ...fields }: { name: string; description: string },
  readme: string,
): void {
  const { version, license } = projectManifest();
  const manifest = { name, version, description, license, type: 'module', ...fields };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(readme, join(folder, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
}
