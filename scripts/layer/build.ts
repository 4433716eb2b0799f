import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import {
  compilePackage,
  dependenciesOf,
  packageOptions,
  packagesOf,
  projectManifest,
  SCOPE,
  writePackage,
} from '../compile-package.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/layer');
const DEFAULT_FOLDER = join(ROOT, 'dist/layer');

/** The modules that other projects import, by subpath. The root has a second module for Node. */
const ENTRIES = {
  './node': 'hosts/node-entry',
  './next': 'hosts/next',
  './fetch': 'index',
  './client': 'client',
  './mcp': 'mcp/index',
  './testing': 'testing/stores',
};
const ROOT_ENTRY = 'index';
const NODE_ENTRY = ENTRIES['./node'];
const BIN = 'bin.js';

/** The packages of the project that uses the layer, in versions that both must share. */
const PEERS: Record<string, { range: string; isOptional?: true }> = {
  '@trpc/server': { range: '>=11.0.0 <12' },
  zod: { range: '^3.25.0 || ^4.0.0' },
  superjson: { range: '^2.0.0', isOptional: true },
  next: { range: '>=15', isOptional: true },
  '@modelcontextprotocol/server': { range: '^2.4.0', isOptional: true },
};
/** The peers that no module imports: the project passes superjson to tRPC, and the handlers to Next.js. */
const NOT_IMPORTED = ['superjson', 'next'];

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
  const { dependencies } = projectManifest();
  const manifest = {
    name: `${SCOPE}/layer`,
    description:
      'Serves any tRPC router over RPC, REST and OpenAPI, on Node, Next.js and runtimes of the Fetch API.',
    // It gives zod the texts of invalid input. All other modules can be left out of a bundle.
    sideEffects: ['./messages.js'],
    engines: { node: '>=20.19' },
    bin: `./${BIN}`,
    imports: { '#runtime': { node: './runtime/node.js', default: './runtime/web.js' } },
    exports: {
      '.': { node: targetOf(NODE_ENTRY), ...targetOf(ROOT_ENTRY) },
      ...Object.fromEntries(Object.entries(ENTRIES).map(([path, entry]) => [path, targetOf(entry)])),
      './package.json': './package.json',
    },
    dependencies: dependenciesOf(
      folder,
      PEERS,
      (name) => `^${dependencies[name] ?? missing(name, 'the dependencies of package.json')}`,
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
  writePackage(folder, manifest, join(SOURCES, 'README.md'));
  return folder;
}

/** Returns the targets of an export. The types come first, because the first condition that holds is used. */
const targetOf = (entry: string) => ({ types: `./${entry}.d.ts`, default: `./${entry}.js` });

/** Compiles the entries and all modules that they import, and the program that runs the command line. */
function compile(folder: string): void {
  // `#runtime` resolves to one of its two modules.
  const names = new Set([ROOT_ENTRY, ...Object.values(ENTRIES), 'runtime/node', 'runtime/web']);
  const entries = [...names].map((name) => `${name}.ts`);
  compilePackage({ entries, sources: SOURCES, folder, declaration: true });
  const program = readFileSync(join(SOURCES, 'bin.ts'), 'utf8');
  const compilerOptions = { ...packageOptions(), rewriteRelativeImportExtensions: false };
  const { outputText } = ts.transpileModule(program, { compilerOptions });
  writeFileSync(join(folder, BIN), outputText);
}

/** Gives the relative imports of a declaration file the extension `.js`. The compiler only does so in modules. */
function rewriteImports(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/(\b(?:from|import\()\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
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
