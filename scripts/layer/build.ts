import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/layer');
const DEFAULT_FOLDER = join(ROOT, 'dist/layer');

/** The name of the package. The scope is a placeholder for that of the publisher. */
const NAME = '@switchboard/layer';

/** The modules that other projects import, by subpath. The root has a second module for Node. */
const ENTRIES = {
  './node': 'hosts/node-entry',
  './next': 'hosts/next',
  './fetch': 'index',
  './client': 'client',
  './testing': 'testing/stores',
};
const ROOT_ENTRY = 'index';
const NODE_ENTRY = ENTRIES['./node'];
const BIN = 'bin';

/** The packages of the project that uses the layer, in versions that both must share. */
const PEERS: Record<string, { range: string; isOptional?: true }> = {
  '@trpc/server': { range: '>=11.0.0 <12' },
  zod: { range: '^3.25.0 || ^4.0.0' },
  next: { range: '>=15', isOptional: true },
};
/** The peers that no module imports, so that their versions are only limited. */
const NOT_IMPORTED = ['next'];

const Versions = z.record(z.string(), z.string());
const Manifest = z.looseObject({ version: z.string(), license: z.string(), dependencies: Versions });

/**
 * Builds the package of the layer: each module is compiled to one of its own by the TypeScript compiler, so stack traces
 * and types lead to readable code. Modules that no entry reaches are left out.
 * @param folder the path of the package.
 * @returns the same path.
 * @throws {Error} for a type error, or for an import of a package that is neither a dependency nor a peer.
 */
export function build(folder = DEFAULT_FOLDER): string {
  rmSync(folder, { recursive: true, force: true });
  compile(folder);
  for (const file of globSync('**/*.d.ts', { cwd: folder })) rewriteImports(join(folder, file));
  const { version, license, dependencies } = Manifest.parse(
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
  );
  const own = packagesOf(folder).filter((name) => !(name in PEERS));
  const manifest = {
    name: NAME,
    version,
    description:
      'Serves any tRPC router over RPC, REST and OpenAPI, on Node, Next.js and runtimes of the Fetch API.',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    bin: `./${BIN}.js`,
    imports: { '#runtime': { node: './runtime/node.js', default: './runtime/web.js' } },
    exports: {
      '.': { node: targetOf(NODE_ENTRY), ...targetOf(ROOT_ENTRY) },
      ...Object.fromEntries(Object.entries(ENTRIES).map(([path, entry]) => [path, targetOf(entry)])),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(
      own.map((name) => [
        name,
        `^${dependencies[name] ?? missing(name, 'the dependencies of package.json')}`,
      ]),
    ),
    peerDependencies: Object.fromEntries(Object.entries(PEERS).map(([name, { range }]) => [name, range])),
    peerDependenciesMeta: Object.fromEntries(
      Object.entries(PEERS).flatMap(([name, { isOptional }]) =>
        isOptional ? [[name, { optional: true }]] : [],
      ),
    ),
  };
  for (const name of Object.keys(PEERS)) {
    if (!NOT_IMPORTED.includes(name) && !packagesOf(folder).includes(name)) missing(name, 'the imports');
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(SOURCES, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

/** Returns the targets of an export. The types come first, because the first condition that holds is used. */
const targetOf = (entry: string) => ({ types: `./${entry}.d.ts`, default: `./${entry}.js` });

/** Compiles the entries and all modules that they import. */
function compile(folder: string): void {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: config.compilerOptions, files: [] },
    ts.sys,
    ROOT,
  );
  // `#runtime` resolves to one of its two modules.
  const names = [ROOT_ENTRY, ...Object.values(ENTRIES), BIN, 'runtime/node', 'runtime/web'];
  const program = ts.createProgram({
    rootNames: [...new Set(names)].map((name) => join(SOURCES, `${name}.ts`)),
    options: {
      ...options,
      noEmit: false,
      incremental: false,
      declaration: true,
      target: ts.ScriptTarget.ES2023,
      rewriteRelativeImportExtensions: true,
      rootDir: SOURCES,
      outDir: folder,
    },
  });
  const { diagnostics } = program.emit();
  const errors = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (errors.length > 0) {
    const host = {
      getCurrentDirectory: () => ROOT,
      getCanonicalFileName: (name: string) => name,
      getNewLine: () => '\n',
    };
    throw new Error(ts.formatDiagnostics(errors, host));
  }
  mkdirSync(folder, { recursive: true });
}

/** Gives the relative imports of a declaration file the extension `.js`. The compiler only does so in modules. */
function rewriteImports(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/(\b(?:from|import\()\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
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

/**
 * Returns the imports of Node, Next.js and packages that are only for Node, which a module reaches by relative imports
 * and by `#runtime` under the condition `default`.
 * @param folder the path of the package.
 * @param entry the path of the module in the package.
 */
export function nodeImportsOf(folder: string, entry: string): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  function visit(path: string): void {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles) {
      if (fileName === '#runtime') visit(join(folder, 'runtime/web.js'));
      else if (fileName.startsWith('.')) visit(join(dirname(path), fileName));
      else if (/^(?:node:|next(?:$|\/)|srvx(?:$|\/))/.test(fileName)) {
        found.push(`${relative(folder, path)} imports ${fileName}`);
      }
    }
  }
  visit(join(folder, entry));
  return found;
}

function missing(name: string, place: string): never {
  throw new Error(`${name} is missing in ${place}.`);
}
